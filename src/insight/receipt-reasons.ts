import { readDecision } from '../exchange/decision-record.ts'
import type { FoundCounts } from '../exchange/guard.ts'
import { readNumber, readObject, readObjects, readString, type JsonObject } from '../kit/json.ts'
import type { RequestRow } from '../store/store.ts'

/** What a guardrail has said of a request, as its decision has it. */
export interface ToldVerdict {
  readonly phase: string
  readonly guardrail: string
  readonly verdict: string
  readonly isShadow: boolean
  /** How often each detector has found something; absent where nothing was found. */
  readonly found?: FoundCounts
}

/** What beside its attempts makes a request cost what it does. */
export interface ReceiptReasons {
  /** What was said of it, but for guardrails that let it pass. */
  readonly guardrails: readonly ToldVerdict[]
  /** The request whose answer was given again. */
  readonly replayOf?: string
}

/** Reads them in the decision of a request. */
export function reasonsOf({ decision = '' }: Pick<RequestRow, 'decision'>): ReceiptReasons {
  const steps = readObjects(readDecision(decision) ?? {}, 'steps')
  const replayOf = readString(steps.find(({ step }) => step === 'replay') ?? {}, 'of')
  const guardrails = steps
    .filter(({ step }) => step === 'guard')
    .flatMap((step) => readObjects(step, 'verdicts').map((one) => verdictOf(step, one)))
    .filter(({ verdict }) => verdict !== 'passed')
  return replayOf === undefined ? { guardrails } : { guardrails, replayOf }
}

function verdictOf(step: JsonObject, said: JsonObject): ToldVerdict {
  const found = readObject(said, 'found')
  return {
    phase: readString(step, 'phase') ?? '',
    guardrail: readString(said, 'guardrail') ?? '',
    verdict: readString(said, 'verdict') ?? '',
    isShadow: said['shadow'] === true,
    ...(found === undefined ? {} : { found: countsIn(found) }),
  }
}

function countsIn(found: JsonObject): FoundCounts {
  return Object.fromEntries(
    Object.keys(found).map((detector) => [detector, readNumber(found, detector) ?? 0]),
  )
}

/** `customers masked (email 2)`; of one in shadow mode what it would have done. */
export function verdictText({ guardrail, verdict, isShadow, found = {} }: ToldVerdict): string {
  const counts = Object.entries(found).map(([detector, count]) => `${detector} ${count}`)
  const said = `${guardrail} ${isShadow ? 'would have ' : ''}${verdict}`
  return counts.length === 0 ? said : `${said} (${counts.join(', ')})`
}
