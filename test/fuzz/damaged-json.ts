import fc from 'fast-check'
import { isArray, isObject, type Json, type JsonObject } from '../../src/kit/json.ts'

/** What is done to one value of a JSON text, and to which. */
export interface JsonDamage {
  readonly what: (typeof DAMAGES)[number]
  /** Which value, counted through all of them and round again. */
  readonly at: number
  /** Which of the odd values, or of the others, likewise. */
  readonly by: number
}

const DAMAGES = [
  'replace',
  'replace',
  'replace',
  'remove',
  'remove',
  'double',
  'copy',
  'rename',
  'add',
  'list',
  'hold',
  'nest',
  'repeat',
  'empty',
] as const

const DEEP = 100
/** How often a value is repeated, where it is short. */
const OFTEN = 10_000
const SHORT = 24

/** Names that every object of JavaScript answers to, as JSON text. */
const WORDS = ['"__proto__"', '"constructor"', '"toString"'] as const

/** Values that nobody expects, as JSON text. */
export const ODD_VALUES: readonly string[] = [
  ...WORDS,
  'null',
  'true',
  'false',
  '0',
  '-1',
  '1.5',
  '-0',
  '1e999',
  '9007199254740993',
  '123456789012345678901234567890',
  '0.1000000000000000055511151231257827',
  '""',
  '" "',
  '"\\ud800"',
  '"a\\u0000b"',
  '"hologram"',
  '"data:image/png;base64,"',
  '"data:,"',
  '"{\\"a\\":"',
  '"[1]"',
  '"https://e.example/%zz"',
  `"${'long '.repeat(400)}"`,
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '[""]',
  '[{}]',
  '{"":{}}',
  '{"type":"hologram"}',
  '{"type":null}',
  '{"type":"text"}',
  '{"type":"text","text":7}',
  '{"role":"wizard","content":"a"}',
  '{"__proto__":{"x":1},"constructor":1,"toString":null}',
]

/** Damages done to JSON texts. */
export const jsonDamages: fc.Arbitrary<readonly JsonDamage[]> = fc.array(
  fc.record({ what: fc.constantFrom(...DAMAGES), at: fc.nat(9_999), by: fc.nat(9_999) }),
  { minLength: 1, maxLength: 3 },
)

type Holder = Record<string, Json | undefined> | Json[]

interface Place {
  readonly holder: Holder
  readonly key: string | number
}

/** Writes a value as JSON with damages done to it. The text is JSON all the same, though some of its names may stand twice. */
export function damageJson(value: JsonObject, damages: readonly JsonDamage[]): string {
  const root: Record<string, Json | undefined> = { root: structuredClone(value) }
  const texts: string[] = []
  for (const damage of damages) {
    const places = [...placesIn(root)]
    const place = pick(places, damage.at)
    if (place !== undefined) damageAt(place, { ...damage, texts, others: places })
  }
  let text = JSON.stringify(root['root'] ?? {})
  // The last first: it may hold what was put there before.
  for (let index = texts.length - 1; index >= 0; index -= 1)
    text = text.replaceAll(`"${markOf(index)}"`, () => texts[index] ?? '')
  return text
}

interface Doing extends JsonDamage {
  /** What stands where the marks are. */
  readonly texts: string[]
  readonly others: readonly Place[]
}

function damageAt(place: Place, { what, by, texts, others }: Doing): void {
  const { holder, key } = place
  const value = valueAt(place)
  const text = JSON.stringify(value)
  const put = (instead: string): void => {
    write(place, markOf(texts.push(instead) - 1))
  }
  switch (what) {
    case 'replace':
      return put(pick(ODD_VALUES, by) ?? 'null')
    case 'remove':
      return remove(place)
    case 'double':
      return put(isArray(holder) ? `${text},${text}` : `${text},${JSON.stringify(key)}:${text}`)
    case 'copy':
      return write(place, structuredClone(valueAt(pick(others, by) ?? place)))
    case 'rename':
      if (isArray(holder)) return
      remove(place)
      return write({ holder, key: `${key}x` }, value)
    case 'add':
      return put(
        isObject(value)
          ? `{"hologram":${pick(ODD_VALUES, by)},${text.slice(1)}`.replace(/,\}$/, '}')
          : `[${text},7]`,
      )
    case 'list':
      return put(`[${text}]`)
    case 'hold':
      return put(`{"type":"hologram","text":${text}}`)
    case 'nest':
      return put(`${'[{"a":'.repeat(DEEP / 2)}${text}${'}]'.repeat(DEEP / 2)}`)
    case 'repeat':
      return put(
        `[${Array.from({ length: text.length > SHORT || by % 8 > 0 ? 3 : OFTEN }, () => text).join(',')}]`,
      )
    case 'empty':
      return put(isArray(value) ? '[]' : isObject(value) ? '{}' : '""')
  }
}

function markOf(index: number): string {
  return `@damage-${index}@`
}

function* placesIn(holder: Holder): Generator<Place> {
  const keys = isArray(holder) ? holder.keys() : Object.keys(holder)
  for (const key of keys) {
    const place = { holder, key }
    yield place
    const value = valueAt(place)
    if (isArray(value) || isObject(value)) yield* placesIn(value as Holder)
  }
}

function valueAt({ holder, key }: Place): Json {
  const value = Array.isArray(holder) ? holder[Number(key)] : holder[key]
  return value ?? null
}

function write({ holder, key }: Place, value: Json): void {
  if (Array.isArray(holder)) holder[Number(key)] = value
  else holder[key] = value
}

function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1)
  else if (key !== 'root') delete holder[key]
}

/** A value of a body, and what it says as JSON. */
export interface FirstPlace {
  readonly body: JsonObject
  /** As in `JsonDamage`. */
  readonly at: number
  readonly text: string
  /** The names under which it stands, from the root. */
  readonly names: string
}

/**
 * Every value of the bodies once, where it stands first; values under the same names are the same.
 *
 * @param kindOf tells values under the same names apart
 */
export function* firstPlaces(
  bodies: readonly JsonObject[],
  kindOf: (value: Json) => string = () => '',
): Generator<FirstPlace> {
  const seen = new Set<string>()
  for (const body of bodies) {
    let at = 0
    for (const [names, value] of namedValues(body, '')) {
      const kind = names + kindOf(value)
      if (!seen.has(kind)) yield { body, at, text: JSON.stringify(value), names }
      seen.add(kind)
      at += 1
    }
  }
}

function* namedValues(value: Json, names: string): Generator<readonly [string, Json]> {
  yield [names, value]
  if (isArray(value)) for (const item of value) yield* namedValues(item, `${names}[]`)
  else if (isObject(value))
    for (const [key, member = null] of Object.entries(value)) yield* namedValues(member, `${names}.${key}`)
}

/** A body with another value, given as JSON, in the place of one. */
export function withText(body: JsonObject, at: number, text: string): string {
  const root = { root: structuredClone(body) }
  const place = pick([...placesIn(root)], at)
  if (place !== undefined) write(place, markOf(0))
  return JSON.stringify(root.root).replace(`"${markOf(0)}"`, () => text)
}

/** One of a list, counted round and round. */
export function pick<T>(list: readonly T[], at: number): T | undefined {
  return list[at % Math.max(1, list.length)]
}
