import { CONTENT_MODES, type ContentMode } from '../exchange/content-record.ts'
import { Failure } from '../exchange/failure.ts'
import { CACHE_HEADER, KEY_HEADER, OWN_HEADERS, OWN_PREFIX } from '../exchange/own-headers.ts'
import type { OptionName, RequestOptions } from '../exchange/request-options.ts'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseUsd, type NanoUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import { CACHE_WISH, cacheWishIn, isCacheHeader, readCacheWish } from './read-cache-wish.ts'
import { PREFERENCES, readPreferences } from './read-preferences.ts'

const MOST_TAGS = 16
const LONGEST_TEXT = 200
const NO_OPTIONS: RequestOptions = {}

/** An option as a client may write it: in the body field `gatehouse`, or as a header `x-gatehouse-<name with dashes>`. */
interface OptionReader {
  readonly read: (value: Json) => RequestOptions | undefined
  readonly expects: string
}

const text = (value: Json): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_TEXT ? value : undefined

const flag = (value: Json): boolean | undefined => {
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === '1') return true
  return value === 'false' || value === '0' ? false : undefined
}

const contentMode = (value: Json): ContentMode | undefined => CONTENT_MODES.find((mode) => mode === value)

const tagList = (value: Json): readonly string[] | undefined => {
  const tags = typeof value === 'string' ? value.split(',').map((tag) => tag.trim()) : value
  if (!isArray(tags) || tags.length > MOST_TAGS) return undefined
  const texts = tags.map(text)
  return texts.every((tag) => tag !== undefined) ? texts : undefined
}

const positiveMs = (value: Json): number | undefined => {
  const ms = typeof value === 'string' && /^\d{1,8}$/.test(value) ? Number(value) : value
  if (typeof ms !== 'number') return undefined
  return Number.isInteger(ms) && ms > 0 && ms <= LIMITS.exchangeMs ? ms : undefined
}

const SHARE = /^(?:0\.\d{1,6}|1(?:\.0{1,6})?)$/

const shareAboveNothing = (value: Json): number | undefined => {
  const share = typeof value === 'string' && SHARE.test(value) ? Number(value) : value
  return typeof share === 'number' && share > 0 && share <= 1 ? share : undefined
}

const AMOUNT = /^\d{1,9}(?:\.\d{1,9})?$/

const usd = (value: Json): NanoUsd | undefined => {
  const amount = typeof value === 'number' ? String(value) : value
  if (typeof amount !== 'string' || !AMOUNT.test(amount)) return undefined
  const nano = parseUsd(amount)
  return nano > 0n ? nano : undefined
}

const option = <Value>(
  expects: string,
  parse: (value: Json) => Value | undefined,
  toOptions: (value: Value) => RequestOptions,
): OptionReader => ({
  expects,
  read(value) {
    const parsed = parse(value)
    return parsed === undefined ? undefined : toOptions(parsed)
  },
})

const BY_NAME: Readonly<Record<OptionName, OptionReader>> = {
  strict: option('true or false', flag, (strict) => ({ strict })),
  timeout_ms: option(`whole milliseconds from 1 to ${LIMITS.exchangeMs}`, positiveMs, (timeoutMs) => ({
    timeoutMs,
  })),
  no_fallback: option('true or false', flag, (noFallback) => ({ noFallback })),
  tags: option(`a list of at most ${MOST_TAGS} short texts`, tagList, (tags) => ({ tags })),
  session: option('a short text', text, (session) => ({ session })),
  customer: option('a short text', text, (customer) => ({ customer })),
  arm: option('a short text', text, (arm) => ({ arm })),
  max_cost_usd: option('an amount of US dollars above 0 such as 0.02', usd, (maxCostNanoUsd) => ({
    maxCostNanoUsd,
  })),
  max_cost_trims: option('true or false', flag, (maxCostTrims) => ({ maxCostTrims })),
  max_ttft_ms: option(`whole milliseconds from 1 to ${LIMITS.exchangeMs}`, positiveMs, (maxTtftMs) => ({
    maxTtftMs,
  })),
  min_quality: option('a number above 0 and at most 1 such as 0.8', shareAboveNothing, (minQuality) => ({
    minQuality,
  })),
  region: option('a short text', text, (region) => ({ region })),
  log: option('none, redacted or full', contentMode, (log) => ({ log })),
  cache: option(CACHE_WISH, readCacheWish, (cache) => ({ cache })),
  prefer: option(PREFERENCES, readPreferences, (prefer) => ({ prefer })),
}

const READERS: ReadonlyMap<string, OptionReader> = new Map(Object.entries(BY_NAME))

/** The options by the headers in which they may stand. */
const BY_HEADER: ReadonlyMap<string, string> = new Map(
  [...READERS.keys()].map((name) => [`${OWN_PREFIX}${name.replaceAll('_', '-')}`, name]),
)

/**
 * Headers that ask for nothing here: the key, and what gateways say of themselves, which clients repeat that send on what they got, as
 * does a gateway that asks this one.
 */
const NO_WISHES: ReadonlySet<string> = new Set([KEY_HEADER, ...Object.values(OWN_HEADERS)])

/**
 * Reads what the client asks of the gateway itself. The body field wins over headers. Whether the key may ask for it
 * is for `permit` to say; here only form is checked.
 *
 * @param own the headers that begin with `x-gatehouse-`, lower case
 * @param written the body field `gatehouse`; null is as good as absent
 * @throws Failure `invalid-request` for unknown names and wrong values: an option is never ignored
 */
export function readRequestOptions(
  own: Readonly<Record<string, string>>,
  written: Json | undefined,
): RequestOptions {
  let requestOptions = NO_OPTIONS
  for (const header in own) {
    if (NO_WISHES.has(header) || isCacheHeader(header)) continue
    const name = BY_HEADER.get(header) ?? refuseUnknown(header, header.slice(OWN_PREFIX.length), OWN_PREFIX)
    requestOptions = { ...requestOptions, ...readOption(name, own[header] ?? '', header) }
  }
  const cache = cacheWishIn(own)
  if (cache !== undefined) requestOptions = { ...requestOptions, ...readOption('cache', cache, CACHE_HEADER) }
  if (written === undefined || written === null) return requestOptions
  for (const [name, value] of Object.entries(readField(written))) {
    if (value !== undefined)
      requestOptions = { ...requestOptions, ...readOption(name, value, `gatehouse.${name}`) }
  }
  return requestOptions
}

function readField(written: Json): JsonObject {
  if (isObject(written)) return written
  throw new Failure('invalid-request', { param: 'gatehouse', message: "'gatehouse' must be an object." })
}

function readOption(name: string, value: Json, param: string): RequestOptions {
  const reader = READERS.get(name) ?? refuseUnknown(param, name)
  const requestOptions = reader.read(value)
  if (requestOptions === undefined) {
    throw new Failure('invalid-request', { param, message: `'${param}' must be ${reader.expects}.` })
  }
  return requestOptions
}

/** @param begin what stands before names of this kind */
function refuseUnknown(param: string, name: string, begin = ''): never {
  const known = [...READERS.keys()]
  const [nearest] = nearestNames(name, known, 1)
  const shown = (option: string): string => (begin === '' ? option : `${begin}${option.replaceAll('_', '-')}`)
  const hint =
    nearest === undefined ? `Known: ${known.map(shown).join(', ')}.` : `Did you mean '${shown(nearest)}'?`
  throw new Failure('invalid-request', {
    param,
    message: `'${param.slice(0, 100)}' is not an option of the gateway. ${hint}`,
  })
}
