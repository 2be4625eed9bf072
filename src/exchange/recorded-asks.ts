import { readArray, readBoolean, readNumber, readObject, readString, type JsonObject } from '../kit/json.ts'
import { formatUsd, parseUsd } from '../kit/money.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { Exchange } from './exchange.ts'
import type { Preferences, RequestOptions } from './request-options.ts'

/** Of all that a request asks of the gateway, and of the name of its user each. */
const MOST_CHARACTERS = 300

/** What a request asks of whoever answers it, and what it says of who asks, beside its facts. */
export interface WrittenAsks {
  /** Who uses the application, as the request says. */
  readonly user?: string
  readonly arm?: string
  readonly region?: string
  readonly maxCostUsd?: string
  readonly maxTtftMs?: number
  readonly minQuality?: number
  readonly prefer?: WrittenPreferences
  /** True where it asked for more than there was room for. */
  readonly unfit?: true
}

type WrittenPreferences = Omit<Preferences, 'maxPrice'> & {
  /** Pico-USD per token. */
  readonly maxPrice?: { readonly input?: string; readonly output?: string }
}

/** What a request asks, for its record; undefined where it asks for nothing. */
export function writeAsks({ request, requestOptions }: Exchange): WrittenAsks | undefined {
  const { arm, region, maxCostNanoUsd, maxTtftMs, minQuality, prefer } = requestOptions
  const user = 'user' in request ? request.user : undefined
  // So it is with nearly all.
  if ((user ?? arm ?? region ?? maxCostNanoUsd ?? maxTtftMs ?? minQuality ?? prefer) === undefined)
    return undefined
  const asks: Mutable<WrittenAsks> = {}
  if (user !== undefined && user.length <= MOST_CHARACTERS) asks.user = user
  else if (user !== undefined) asks.unfit = true
  setDefined(asks, 'arm', arm)
  setDefined(asks, 'region', region)
  if (maxCostNanoUsd !== undefined) asks.maxCostUsd = formatUsd(maxCostNanoUsd)
  setDefined(asks, 'maxTtftMs', maxTtftMs)
  setDefined(asks, 'minQuality', minQuality)
  if (prefer !== undefined) asks.prefer = toWritten(prefer)
  return JSON.stringify(asks).length <= 2 * MOST_CHARACTERS ? asks : { unfit: true }
}

function toWritten({ maxPrice, ...prefer }: Preferences): WrittenPreferences {
  if (maxPrice === undefined) return prefer
  const written: Mutable<NonNullable<WrittenPreferences['maxPrice']>> = {}
  setDefined(written, 'input', maxPrice.input?.toString())
  setDefined(written, 'output', maxPrice.output?.toString())
  return { ...prefer, maxPrice: written }
}

/** What a request asked, as its record tells it. */
export interface RecordedAsks {
  readonly user: string | undefined
  readonly options: RequestOptions
  /** False where the record had no room for all of it. */
  readonly isWhole: boolean
}

const NOTHING: RecordedAsks = { user: undefined, options: {}, isWhole: true }

/** Reads what a request asked from its record. */
export function readAsks(record: JsonObject): RecordedAsks {
  const asks = readObject(record, 'asks')
  if (asks === undefined) return NOTHING
  const options: Mutable<RequestOptions> = {}
  setDefined(options, 'arm', readString(asks, 'arm'))
  setDefined(options, 'region', readString(asks, 'region'))
  setDefined(options, 'maxTtftMs', readNumber(asks, 'maxTtftMs'))
  setDefined(options, 'minQuality', readNumber(asks, 'minQuality'))
  const [cost, prefer] = [readString(asks, 'maxCostUsd'), readObject(asks, 'prefer')]
  if (cost !== undefined) options.maxCostNanoUsd = parseUsd(cost)
  if (prefer !== undefined) options.prefer = readPreferences(prefer)
  return { user: readString(asks, 'user'), options, isWhole: readBoolean(asks, 'unfit') !== true }
}

function readPreferences(prefer: JsonObject): Preferences {
  const read: Mutable<Preferences> = {}
  for (const list of ['order', 'only', 'ignore'] as const) {
    const names = readArray(prefer, list).filter((name) => typeof name === 'string')
    if (prefer[list] !== undefined) read[list] = names
  }
  setDefined(read, 'allowFallbacks', readBoolean(prefer, 'allowFallbacks'))
  const most = readObject(prefer, 'maxPrice')
  if (most !== undefined) read.maxPrice = readPrice(most)
  return read
}

function readPrice(most: JsonObject): NonNullable<Preferences['maxPrice']> {
  const price: Mutable<NonNullable<Preferences['maxPrice']>> = {}
  for (const side of ['input', 'output'] as const) {
    const pico = readString(most, side)
    if (pico !== undefined && /^\d+$/.test(pico)) price[side] = BigInt(pico)
  }
  return price
}
