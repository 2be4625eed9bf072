import { operationOf } from '../exchange/operations/all.ts'
import type { Target } from '../exchange/target.ts'
import { expectedCost } from '../pricing/expected-cost.ts'
import type { LogMeasures } from './log-measures.ts'
import type { PastRequest } from './past-request.ts'
import type { Charge } from './what-if-tally.ts'

const NONE: readonly string[] = []
/** Where nobody has seen an answer of the target: a few paragraphs. */
const USUAL_OUTPUT_TOKENS = 500

/** What a request of the log would cost at a target: what it used, at the prices there, its answer as long as answers are there. */
export function chargeAt(past: PastRequest, target: Target, measures: LogMeasures): Charge {
  const { row, imagined, inputs } = past
  const { price, simulated, spoken } = target
  if (operationOf(imagined.request).charge === 'nothing') return { nanoUsd: 0, simulated }
  if (price === undefined) return { nanoUsd: undefined, simulated }
  const { features, service } = imagined
  const load = imagined.load?.of(target.id, row.route)
  const isHeard = service !== undefined && spoken.some(({ dialect }) => dialect === service.dialect)
  const isAnswered = row.outcome === 'ok'
  const cost = expectedCost(price, {
    inputTokens: isAnswered && row.inputTokens > 0 ? row.inputTokens : features.inputTokens,
    cachedShare: load?.cachedShare ?? 0,
    cacheWrites: features.cacheWrites,
    outputTokens: outputTokens(past, target, measures),
    searches: inputs.features.searches ?? 0,
    serviceTiers: isHeard ? service.words : NONE,
  })
  return { nanoUsd: cost, simulated }
}

/** As long as the answer was, as far as both targets write at the same length; where nobody answered, as long as answers are there. */
function outputTokens({ row, first, imagined }: PastRequest, target: Target, measures: LogMeasures): number {
  const route = row.route ?? ''
  const [there, here] = [target.id, row.target ?? first ?? ''].map((id) => measures.outputTokens(id, route))
  const { maxOutputTokens = Number.POSITIVE_INFINITY } = imagined.features
  if (row.outcome !== 'ok') return Math.min(there ?? USUAL_OUTPUT_TOKENS, maxOutputTokens)
  const ratio = there === undefined || here === undefined || here === 0 ? 1 : there / here
  return Math.min(row.outputTokens * ratio, Math.max(row.outputTokens, maxOutputTokens))
}
