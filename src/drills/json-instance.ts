import {
  isArray,
  isObject,
  readArray,
  readNumber,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import type { Random } from '../kit/random.ts'

/** Deeper than any schema that a vendor takes; a recursive schema ends here with what it allows to leave out. */
const MAX_DEPTH = 12
const WORDS = ['amber', 'harbour', 'lantern', 'meadow', 'orchard', 'pebble', 'quartz', 'willow'] as const
const FORMATS: ReadonlyMap<string, string> = new Map<string, string>([
  ['date-time', '2026-01-01T09:30:00Z'],
  ['date', '2026-01-01'],
  ['time', '09:30:00Z'],
  ['duration', 'PT15M'],
  ['email', 'ada@example.com'],
  ['uri', 'https://example.com/'],
  ['hostname', 'example.com'],
  ['ipv4', '192.0.2.1'],
  ['ipv6', '2001:db8::1'],
  ['uuid', '00000000-0000-4000-8000-000000000000'],
])

interface Walk {
  readonly root: JsonObject
  readonly random: Random
  readonly depth: number
}

/**
 * Makes a value that a JSON Schema allows, the same one for the same randomness. Understands types, enum, const, properties, items,
 * bounds of numbers, strings and arrays, the common formats, `$ref` into the schema itself, allOf, anyOf and oneOf; `pattern` and `not`
 * are not looked at.
 */
export function toJsonInstance(schema: JsonObject, random: Random): Json {
  return instanceOf(schema, { root: schema, random, depth: 0 })
}

function instanceOf(written: JsonObject, walk: Walk): Json {
  const schema = resolve(written, walk.root)
  if (schema['const'] !== undefined) return schema['const']
  const choices = readArray(schema, 'enum')
  if (choices.length > 0) return pick(choices, walk.random) ?? null
  const [option] = [...readArray(schema, 'anyOf'), ...readArray(schema, 'oneOf')].filter(isObject)
  if (option !== undefined) return instanceOf(option, deeper(walk))
  const make = MAKERS.get(typeOf(schema))
  return make === undefined ? null : make(schema, walk)
}

const MAKERS: ReadonlyMap<string, (schema: JsonObject, walk: Walk) => Json> = new Map<
  string,
  (schema: JsonObject, walk: Walk) => Json
>([
  ['object', objectOf],
  ['array', arrayOf],
  ['string', stringOf],
  ['integer', (schema, walk) => numberOf(schema, walk, true)],
  ['number', (schema, walk) => numberOf(schema, walk, false)],
  ['boolean', (_schema, walk) => walk.random.next() < 0.5],
  ['null', () => null],
])

function typeOf(schema: JsonObject): string {
  const { type } = schema
  if (typeof type === 'string') return type
  if (isArray(type))
    return type.filter((name) => typeof name === 'string').find((name) => name !== 'null') ?? 'null'
  if (schema['properties'] !== undefined) return 'object'
  return schema['items'] === undefined ? 'string' : 'array'
}

/** Follows `$ref` into the schema and merges `allOf`; bounded, because references may run in circles. */
function resolve(schema: JsonObject, root: JsonObject): JsonObject {
  let current = schema
  for (let step = 0; step < MAX_DEPTH; step += 1) {
    const reference = readString(current, '$ref')
    if (reference === undefined) break
    current = lookUp(root, reference) ?? {}
  }
  const parts = readArray(current, 'allOf').filter(isObject)
  return parts.length === 0 ? current : mergeAll([current, ...parts.map((part) => resolve(part, root))])
}

function lookUp(root: JsonObject, reference: string): JsonObject | undefined {
  let current: Json | undefined = root
  for (const step of reference.replace(/^#\/?/, '').split('/')) {
    if (step === '') continue
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    current = isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined
  }
  return isObject(current) ? current : undefined
}

function mergeAll(parts: readonly JsonObject[]): JsonObject {
  let merged: JsonObject = {}
  for (const part of parts) {
    merged = {
      ...merged,
      ...part,
      properties: { ...readObject(merged, 'properties'), ...readObject(part, 'properties') },
      required: [...readArray(merged, 'required'), ...readArray(part, 'required')],
      allOf: [],
    }
  }
  return merged
}

function objectOf(schema: JsonObject, walk: Walk): Json {
  const properties = readObject(schema, 'properties') ?? {}
  const required = new Set(readArray(schema, 'required'))
  const entries: [string, Json][] = []
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property)) continue
    if (walk.depth >= MAX_DEPTH / 2 && !required.has(name)) continue
    entries.push([name, walk.depth >= MAX_DEPTH ? null : instanceOf(property, deeper(walk))])
  }
  return Object.fromEntries(entries)
}

function arrayOf(schema: JsonObject, walk: Walk): Json {
  const items = readObject(schema, 'items')
  const least = readNumber(schema, 'minItems') ?? 0
  const most = readNumber(schema, 'maxItems') ?? Math.max(least, 2)
  const wanted =
    walk.depth >= MAX_DEPTH / 2
      ? least
      : Math.max(least, Math.min(most, 1 + Math.floor(walk.random.next() * 2)))
  const heads = readArray(schema, 'prefixItems').filter(isObject)
  const rest = Array.from({ length: Math.max(0, wanted - heads.length) }, () => items ?? { type: 'string' })
  return [...heads, ...rest].map((item) => instanceOf(item, deeper(walk)))
}

function stringOf(schema: JsonObject, walk: Walk): Json {
  const format = FORMATS.get(readString(schema, 'format') ?? '')
  if (format !== undefined) return format
  const least = readNumber(schema, 'minLength') ?? 0
  const most = readNumber(schema, 'maxLength') ?? Number.MAX_SAFE_INTEGER
  const word = pick(WORDS, walk.random) ?? 'amber'
  return word.padEnd(least, ' and so on').slice(0, most)
}

function numberOf(schema: JsonObject, walk: Walk, whole: boolean): Json {
  const step = readNumber(schema, 'multipleOf') ?? (whole ? 1 : 0.5)
  const above = readNumber(schema, 'exclusiveMinimum')
  const below = readNumber(schema, 'exclusiveMaximum')
  const least = readNumber(schema, 'minimum') ?? (above === undefined ? undefined : above + step)
  const most = readNumber(schema, 'maximum') ?? (below === undefined ? undefined : below - step)
  const from = least ?? Math.min(1, most ?? 1)
  const room = Math.max(0, Math.floor(((most ?? from + 20 * step) - from) / step))
  const first = Math.ceil(from / step) * step
  const value = first + Math.floor(walk.random.next() * Math.min(room, 20)) * step
  return most !== undefined && value > most ? from : value
}

function deeper(walk: Walk): Walk {
  return { ...walk, depth: walk.depth + 1 }
}

function pick<T>(values: readonly T[], random: Random): T | undefined {
  return values[Math.floor(random.next() * values.length)]
}
