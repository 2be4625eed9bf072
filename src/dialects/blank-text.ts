/**
 * True for text that says nothing: empty, or of white space alone. APIs that refuse empty text refuse this as well, so that
 * nobody asks for `''`.
 */
export function isBlank(text: string): boolean {
  return !SAYS_SOMETHING.test(text)
}

const SAYS_SOMETHING = /\S/
