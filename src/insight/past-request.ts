import type { Caller } from '../exchange/caller.ts'
import { readInputs, type RecordedInputs } from '../exchange/decision-inputs.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { isOperation } from '../exchange/operations/all.ts'
import { readAsks } from '../exchange/recorded-asks.ts'
import { readFacts, type RecordedFacts } from '../exchange/recorded-facts.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import type { Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { readObjects, readString, type JsonObject } from '../kit/json.ts'
import type { RequestRow } from '../store/store.ts'
import type { Imagined } from './decide-again.ts'
import { loadsThen, type LogMeasures } from './log-measures.ts'
import { PastFacts } from './past-facts.ts'
import { planHash, recordedWay } from './recorded-way.ts'

/** A request of the log as it can be decided on again. */
export interface PastRequest {
  readonly row: RequestRow
  readonly imagined: Imagined
  readonly facts: PastFacts
  /** What it asked for that is not known any more. */
  readonly unknown: string | undefined
  /** The target that came first. */
  readonly first: string | undefined
  readonly inputs: RecordedInputs
}

export interface PastParts {
  /** The plan of the file as it is now; absent: there is none. */
  readonly current: Plan | undefined
  readonly callerOf: (row: RequestRow) => Caller
  readonly measures: LogMeasures
}

/** A route without targets: what names them by their places says nothing then. */
const NOWHERE: Pick<Route, 'targets' | 'fallback'> = { targets: [], fallback: [] }

/** Reads a request from its line; undefined where nobody was chosen for it, so that nothing is known of what it needs. */
export function readPast(
  row: RequestRow,
  { current, callerOf, measures }: PastParts,
): PastRequest | undefined {
  const record = row.decision === undefined ? undefined : readDecision(row.decision)
  const inputs = record && readInputs(record, wayThen(row, record, current))
  if (record === undefined || inputs === undefined || !isOperation(inputs.operation)) return undefined
  const caller = callerOf(row)
  const recorded = readFacts(record)
  const asks = readAsks(record)
  const { features } = inputs
  const facts = new PastFacts({ row, features, recorded, caller })
  const requestOptions = optionsOf(recorded, asks.options)
  const { maxTtftMs, minQuality, maxCostNanoUsd } = asks.options
  const imagined: Imagined = {
    id: row.id,
    caller,
    request: { operation: inputs.operation, model: row.requestedModel, user: asks.user },
    requestOptions,
    features,
    facts,
    rests: inputs.rests,
    load: loadsThen(inputs.load.told, measures),
    kept: inputs.affinity,
    service: inputs.service,
    shadowPrice: inputs.shadowPrice,
    ...((maxTtftMs ?? minQuality) !== undefined && { wishes: defined({ maxTtftMs, minQuality }) }),
  }
  // What an attempt may cost at most depends on members of the body that nobody kept.
  const isUnknown = !asks.isWhole
    ? 'what it asked'
    : maxCostNanoUsd === undefined
      ? undefined
      : 'max_cost_usd'
  return { row, imagined, facts, unknown: isUnknown, first: firstOf(record), inputs }
}

/** The way by which a choice was made, where the file still says so. */
function wayThen(row: RequestRow, record: JsonObject, current: Plan | undefined): typeof NOWHERE {
  if (current === undefined || planHash(current.version) !== planHash(row.planVersion)) return NOWHERE
  return recordedWay(current, record, row.requestedModel) ?? NOWHERE
}

function optionsOf(recorded: RecordedFacts | undefined, asked: RequestOptions): RequestOptions {
  const known = recorded?.known
  const [session, customer] = [known?.get('request.session'), known?.get('request.customer')]
  return {
    ...asked,
    ...defined({
      session: typeof session === 'string' ? session : undefined,
      customer: typeof customer === 'string' ? customer : undefined,
    }),
  }
}

function firstOf(record: JsonObject): string | undefined {
  const rank = readObjects(record, 'steps').find(({ step }) => step === 'rank')
  const [first] = rank === undefined ? [] : readObjects(rank, 'targets')
  return first === undefined ? undefined : readString(first, 'target')
}
