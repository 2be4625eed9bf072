import {
  omitKeys,
  parseJsonObject,
  readNumber,
  readObjects,
  readString,
  type JsonObject,
} from '../kit/json.ts'
import { formatUsd } from '../kit/money.ts'
import { decisionIdOf, type DecisionStep } from './decision.ts'
import type { Exchange } from './exchange.ts'

/**
 * Version of the record. What lies in people's request logs is read for ever: 1 had no `v`, and a strategy, one verdict for
 * each candidate and the attempts in the place of `steps`.
 */
const VERSION = 2

/** The record of why an exchange went where it went, as JSON text for the request log; undefined where nothing was decided. */
export function writeDecision({ id, planVersion, trail }: Exchange): string | undefined {
  const { steps, route } = trail
  if (steps.length === 0) return undefined
  const omitted = trail.stepsOmitted === 0 ? undefined : trail.stepsOmitted
  return JSON.stringify({
    v: VERSION,
    id: decisionIdOf(id),
    route,
    planVersion,
    steps: steps.map(toPlain),
    omitted,
  })
}

/** A step in a form that JSON can hold: money as decimal text, and what was used is for the ledger to say. */
function toPlain(step: DecisionStep): object {
  if (step.step !== 'attempt') return step
  const { result } = step
  const costUsd = result.costNanoUsd === undefined ? undefined : formatUsd(result.costNanoUsd)
  const left = { usage: undefined, costNanoUsd: undefined, chargedNanoUsd: undefined }
  return { step: step.step, ...result, ...left, costUsd }
}

/** Reads a record of any version, in the form of the newest; undefined when the text is none. */
export function readDecision(text: string): JsonObject | undefined {
  const record = parseJsonObject(text)
  return record === undefined || readNumber(record, 'v') !== undefined ? record : upgrade(record)
}

const VERDICT = new Set(['verdict'])
const VERDICT_AND_REASON = new Set(['verdict', 'reason'])

function upgrade({ strategy = '', candidates, attempts, ...record }: JsonObject): JsonObject {
  const verdicts = readObjects({ candidates }, 'candidates')
  const refused = verdicts.filter((one) => readString(one, 'verdict') === 'filtered')
  const eligible = verdicts.filter((one) => readString(one, 'verdict') === 'eligible')
  const [first] = eligible
  const steps: JsonObject[] = []
  if (refused.length > 0)
    steps.push({ step: 'filter', targets: refused.map((one) => omitKeys(one, VERDICT)) })
  if (first !== undefined) {
    const targets = eligible.map((one) => omitKeys(one, VERDICT_AND_REASON))
    steps.push({ step: 'rank', strategy, reason: readString(first, 'reason') ?? '', targets })
  }
  for (const attempt of readObjects({ attempts }, 'attempts')) steps.push({ step: 'attempt', ...attempt })
  return { v: VERSION, ...record, steps }
}
