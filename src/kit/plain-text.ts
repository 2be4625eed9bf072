/**
 * Characters that make a terminal or a reader do something instead of showing something: controls (ECMA-48, C0 and C1), line ends of
 * Unicode, and the marks that turn the direction of writing (https://www.unicode.org/reports/tr9/), by which a text can look like another.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const COMMANDS = /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/
const ALL_COMMANDS = new RegExp(COMMANDS, 'g')

/** The same of what JSON leaves as it is. */
const COMMANDS_IN_JSON = /[\u007F-\u009F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/g

/** A text from elsewhere as it can be shown: on one line, clipped to a length, what would command a terminal spelled out (`\u001b`). */
export function toPlainText(text: string, maxCharacters: number): string {
  const clipped = clipText(text, maxCharacters)
  return COMMANDS.test(clipped) ? clipped.replace(ALL_COMMANDS, spell) : clipped
}

/** The beginning of a text, with an ellipsis where something was cut off. */
export function clipText(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`
}

/** JSON text that commands no terminal; it says the same as before. */
export function toPlainJson(json: string): string {
  return json.replace(COMMANDS_IN_JSON, spell)
}

function spell(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
