import type { Preferences } from '../exchange/request-options.ts'
import { isArray, isObject, type Json } from '../kit/json.ts'
import { parsePricePerMillion, type PicoUsd } from '../kit/money.ts'
import type { Mutable } from '../kit/mutable.ts'

const MOST_NAMES = 32
const NAME = /^\S{1,200}$/
const AMOUNT = /^\d{1,9}(?:\.\d{1,9})?$/

/** What preferences may be, for whoever wrote others. */
export const PREFERENCES =
  'a list of providers in order, or an object of order, only, ignore (lists of providers or provider/model), allow_fallbacks and max_price ({ prompt, completion }, USD per million tokens)'

/**
 * Reads whom a client would like to be answered by: a list of names, or the members of other gateways' objects of this kind
 * (https://openrouter.ai/docs/features/provider-routing, https://vercel.com/docs/ai-gateway/models-and-providers/provider-options).
 * Undefined for anything else: what cannot be heeded is not ignored.
 */
export function readPreferences(value: Json): Preferences | undefined {
  const order = readNames(value)
  if (order !== undefined) return { order }
  if (!isObject(value)) return undefined
  const read: Mutable<Preferences> = {}
  for (const [name, written] of Object.entries(value)) {
    const part = written === undefined ? undefined : READERS.get(name)?.(written)
    if (part === undefined) return undefined
    Object.assign(read, part)
  }
  return read
}

const READERS: ReadonlyMap<string, (value: Json) => Preferences | undefined> = new Map<
  string,
  (value: Json) => Preferences | undefined
>([
  ['order', (value) => named(value, (order) => ({ order }))],
  ['only', (value) => named(value, (only) => ({ only }))],
  ['ignore', (value) => named(value, (ignore) => ({ ignore }))],
  ['allow_fallbacks', (value) => (typeof value === 'boolean' ? { allowFallbacks: value } : undefined)],
  ['max_price', readMaxPrice],
])

function named(value: Json, toPart: (names: readonly string[]) => Preferences): Preferences | undefined {
  const names = readNames(value)
  return names === undefined ? undefined : toPart(names)
}

/** A list, or one text with commas, as headers have it. */
function readNames(value: Json): readonly string[] | undefined {
  const names = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value
  if (!isArray(names) || names.length === 0 || names.length > MOST_NAMES) return undefined
  const texts = names.filter((name) => typeof name === 'string' && NAME.test(name))
  return texts.length === names.length ? texts.filter((name) => typeof name === 'string') : undefined
}

function readMaxPrice(value: Json): Preferences | undefined {
  if (!isObject(value)) return undefined
  const { prompt, completion, ...others } = value
  const input = prompt === undefined ? undefined : readPrice(prompt)
  const output = completion === undefined ? undefined : readPrice(completion)
  const isUnread =
    (prompt !== undefined && input === undefined) || (completion !== undefined && output === undefined)
  if (isUnread || Object.keys(others).length > 0) return undefined
  const maxPrice: Mutable<NonNullable<Preferences['maxPrice']>> = {}
  if (input !== undefined) maxPrice.input = input
  if (output !== undefined) maxPrice.output = output
  return { maxPrice }
}

function readPrice(value: Json): PicoUsd | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && AMOUNT.test(text) ? parsePricePerMillion(text) : undefined
}
