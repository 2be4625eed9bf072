import { defined } from '../kit/defined.ts'
import {
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { AFFINITY_KEYS, type Affinity } from './affinity.ts'
import type { FilteredTarget, FilterStep } from './decision.ts'
import { featuresBeyond, featuresFrom, type RequestFeatures } from './features.ts'
import type { FilterReason } from './filter-reasons.ts'
import { loadsAsTold, NO_LOADS, type LoadView, type ToldLoads } from './load-view.ts'
import { restsAsTold, type RestView } from './rest-view.ts'
import { entriesOf, type RankQuestion, type Route, type RouteTarget } from './route.ts'
import type { TierRequest } from './target.ts'

/** What a choice was made from, as far as neither the plan nor the id of the request says it. */
export interface DecisionInputs extends Pick<
  RankQuestion,
  'features' | 'rests' | 'load' | 'affinity' | 'service' | 'shadowPrice'
> {
  readonly route: Route
  readonly operation: { readonly name: string }
  readonly isBudgeted?: boolean
  /** Whom the request names first: the place of each, by the id of the target. */
  readonly order?: ReadonlyMap<string, number> | undefined
}

/** Inputs as they are read from a record. */
export interface RecordedInputs {
  readonly operation: string
  readonly features: RequestFeatures
  readonly isBudgeted: boolean
  readonly affinity?: Affinity
  readonly service?: TierRequest
  readonly shadowPrice?: number
  readonly order?: ReadonlyMap<string, number>
  readonly rests: RestView
  readonly load: LoadView
  /** Why targets are not for this exchange, whatever they are like, by their ids. */
  readonly barred: ReadonlyMap<string, Bar>
}

/** Why a target is not for an exchange: who asks may not use it, or somebody wants something that it is not. */
export type Bar = Pick<FilteredTarget, 'reason' | 'detail'>

const BARS: ReadonlySet<FilterReason> = new Set([
  'key-forbids',
  'outside-only',
  'outside-wish',
  'above-max-cost',
  'above-max-ttft',
  'below-min-quality',
])

/** Targets that are barred for one reason. */
interface WrittenBar extends Bar {
  readonly targets: readonly number[]
}

/** Inputs in a record. Targets are numbers there: the entries of the route, its fallbacks behind its own. */
export interface WrittenInputs {
  readonly operation: string
  readonly features?: JsonObject
  readonly budgeted?: true
  readonly affinity?: Affinity
  readonly service?: TierRequest
  readonly shadowPrice?: number
  /** Pairs of target and place. */
  readonly order?: readonly number[]
  /** Pairs of target and milliseconds: of targets, and of the credentials of targets. */
  readonly rests?: readonly number[]
  readonly limited?: readonly number[]
  /** By measure likewise, where it was read. */
  readonly loads?: { readonly [measure: string]: readonly number[] }
  readonly barred?: readonly WrittenBar[]
}

/**
 * The inputs of a choice for its record.
 *
 * @param filter what was left out, where it is seen whom the caller may not use
 */
export function writeInputs(inputs: DecisionInputs, filter: FilterStep | undefined): WrittenInputs {
  const { operation, route, rests, isBudgeted, affinity, service, order } = inputs
  const written: Mutable<WrittenInputs> = { operation: operation.name }
  setDefined(written, 'features', featuresBeyond(inputs.features))
  if (isBudgeted === true) written.budgeted = true
  setDefined(written, 'affinity', affinity)
  setDefined(written, 'service', service)
  setDefined(written, 'shadowPrice', inputs.shadowPrice)
  if (order !== undefined) written.order = toPairs(order, route)
  const { targets, credentials } = rests.told
  if (targets !== undefined) written.rests = toPairs(targets, route)
  if (credentials !== undefined) written.limited = toPairs(credentials, route)
  const { told } = inputs.load
  if (told !== undefined && told.size > 0) written.loads = toWrittenLoads(told, route)
  if (filter === undefined) return written
  const bars = filter.targets.filter(({ reason }) => BARS.has(reason))
  if (bars.length > 0) written.barred = toWrittenBars(bars, route)
  return written
}

function toWrittenLoads(told: ToldLoads, route: Route): NonNullable<WrittenInputs['loads']> {
  return Object.fromEntries([...told].map(([measure, values]) => [measure, toPairs(values, route)]))
}

function toPairs(told: ReadonlyMap<string, number>, route: Route): readonly number[] {
  return entriesOf(route).flatMap(({ target }, index) => {
    const restMs = told.get(target.id)
    return restMs === undefined ? [] : [index, restMs]
  })
}

function toWrittenBars(bars: readonly FilteredTarget[], route: Route): readonly WrittenBar[] {
  const written = new Map<string, Bar & { readonly targets: number[] }>()
  for (const [index, { target }] of entriesOf(route).entries()) {
    const bar = bars.find((one) => one.target === target.id)
    if (bar === undefined) continue
    const { reason, detail } = bar
    const key = `${reason} ${detail ?? ''}`
    const group = written.get(key) ?? { reason, ...defined({ detail }), targets: [] }
    written.set(key, group)
    group.targets.push(index)
  }
  return [...written.values()]
}

/** Reads the inputs of a record that was made for this route; undefined where it holds none. */
export function readInputs(
  record: JsonObject,
  route: Pick<Route, 'targets' | 'fallback'>,
): RecordedInputs | undefined {
  const inputs = readObject(record, 'inputs')
  const operation = inputs && readString(inputs, 'operation')
  if (inputs === undefined || operation === undefined) return undefined
  const entries = entriesOf(route)
  const targets = readPairs(readArray(inputs, 'rests'), entries)
  const credentials = readPairs(readArray(inputs, 'limited'), entries)
  const read: Mutable<RecordedInputs> = {
    operation,
    features: featuresFrom(readObject(inputs, 'features') ?? {}),
    isBudgeted: readBoolean(inputs, 'budgeted') ?? false,
    rests: restsAsTold({ ...(targets && { targets }), ...(credentials && { credentials }) }),
    load: readLoads(readObject(inputs, 'loads'), entries),
    barred: readBars(readObjects(inputs, 'barred'), entries),
  }
  setDefined(read, 'affinity', readAffinity(readObject(inputs, 'affinity')))
  setDefined(read, 'service', readService(readObject(inputs, 'service')))
  setDefined(read, 'shadowPrice', readNumber(inputs, 'shadowPrice'))
  setDefined(read, 'order', readPairs(readArray(inputs, 'order'), entries))
  return read
}

function readBars(bars: readonly JsonObject[], entries: readonly RouteTarget[]): ReadonlyMap<string, Bar> {
  const barred = new Map<string, Bar>()
  for (const bar of bars) {
    const reason = readString(bar, 'reason')
    const known = [...BARS].find((one) => one === reason)
    const detail = readString(bar, 'detail')
    for (const index of known === undefined ? [] : readArray(bar, 'targets')) {
      const id = idAt(entries, index)
      if (id !== undefined && known !== undefined) barred.set(id, { reason: known, ...defined({ detail }) })
    }
  }
  return barred
}

function readLoads(loads: JsonObject | undefined, entries: readonly RouteTarget[]): LoadView {
  if (loads === undefined) return NO_LOADS
  const told = new Map<string, ReadonlyMap<string, number>>()
  for (const measure of Object.keys(loads))
    told.set(measure, readPairs(readArray(loads, measure), entries) ?? new Map())
  return loadsAsTold(told)
}

function readPairs(
  pairs: readonly Json[],
  entries: readonly RouteTarget[],
): ReadonlyMap<string, number> | undefined {
  if (pairs.length === 0) return undefined
  const told = new Map<string, number>()
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const id = idAt(entries, pairs[at])
    const restMs = pairs[at + 1]
    if (id !== undefined && typeof restMs === 'number') told.set(id, restMs)
  }
  return told
}

function idAt(entries: readonly RouteTarget[], index: Json | undefined): string | undefined {
  return typeof index === 'number' ? entries[index]?.target.id : undefined
}

function readService(service: JsonObject | undefined): TierRequest | undefined {
  const dialect = service && readString(service, 'dialect')
  if (service === undefined || dialect === undefined) return undefined
  return { dialect, words: readArray(service, 'words').filter((word) => typeof word === 'string') }
}

function readAffinity(affinity: JsonObject | undefined): Affinity | undefined {
  if (affinity === undefined) return undefined
  const by = AFFINITY_KEYS.find((key) => key === affinity['by'])
  const [hash, bound] = [readNumber(affinity, 'hash'), readNumber(affinity, 'bound')]
  if (by === undefined || hash === undefined || bound === undefined) return undefined
  const warm = readObject(affinity, 'warm')
  const target = warm && readString(warm, 'target')
  if (warm === undefined || target === undefined) return { by, hash, bound }
  return { by, hash, bound, warm: { target, tokens: readNumber(warm, 'tokens') ?? 0 } }
}
