import { isArray, isObject, parseJson, parseJsonExactly, type Json, type JsonObject } from '../kit/json.ts'

/** Gives what stands in the place of a text; the text itself where nothing changes. */
export type MapText = (text: string) => string

/** Words of wire languages, which are no text of anybody; as far as they are words. */
const WORDS = new Set(['type'])
const WORD = /^\w{1,64}$/

/** Shorter numbers are nobody's card or telephone. */
const LONG_NUMBER = /^-?\d{7,}$/
/** The texts and numbers of JSON. Unrolled, so that it looks at no character twice. */
const LITERALS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs

/** A value with each of its texts mapped, names of members and long numbers included; the same value where nothing changes. */
export function mapJsonTexts(value: Json, map: MapText, words: ReadonlySet<string> = WORDS): Json {
  if (typeof value === 'string') return map(value)
  if (isArray(value)) return mapArray(value, map, words)
  if (isObject(value)) return mapObjectTexts(value, map, words)
  return value === null || typeof value === 'boolean' ? value : mapNumber(value, map)
}

/** As `mapJsonTexts`. */
function mapObjectTexts(object: JsonObject, map: MapText, words: ReadonlySet<string> = WORDS): JsonObject {
  let isChanged = false
  const entries = Object.entries(object).map(([name, member]) => {
    const isWord = typeof member === 'string' && words.has(name) && WORD.test(member)
    const mapped = member === undefined || isWord ? member : mapJsonTexts(member, map, words)
    const called = map(name)
    isChanged ||= mapped !== member || called !== name
    return [called, mapped] as const
  })
  return isChanged ? Object.fromEntries(entries) : object
}

function mapArray(values: readonly Json[], map: MapText, words: ReadonlySet<string>): readonly Json[] {
  const mapped = values.map((one) => mapJsonTexts(one, map, words))
  return mapped.some((one, index) => one !== values[index]) ? mapped : values
}

/** A number that was kept as text is written as one. */
function mapNumber(value: Json, map: MapText): Json {
  const written = JSON.stringify(value)
  if (!LONG_NUMBER.test(written)) return value
  const mapped = map(written)
  return mapped === written ? value : mapped
}

/** JSON text with its texts mapped in their places, all else as it was written; what is no JSON is mapped as a whole. */
export function mapTextsOfJson(json: string, map: MapText): string {
  if (!isJson(json)) return map(json)
  return json.replaceAll(LITERALS, (literal) => mapLiteral(literal, map))
}

function isJson(text: string): boolean {
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}

function mapLiteral(literal: string, map: MapText): string {
  const value = parseJsonExactly(literal)
  const mapped = mapJsonTexts(value, map)
  return mapped === value ? literal : JSON.stringify(mapped)
}
