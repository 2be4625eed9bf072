import { requestBytes, requestFeatures, type Attempt } from '../../exchange/exchange.ts'
import { SIDES, type Side } from '../../exchange/units.ts'
import { totalInput, totalOutput, withAnomaly, type Usage } from '../../exchange/usage.ts'
import type { Mutable } from '../../kit/mutable.ts'
import { mostOutput } from '../most-cost.ts'

/** What is known of an attempt besides what its provider reports. */
export interface Witness {
  readonly attempt: Attempt
  readonly elapsedMs: number
  /** Bytes of answer that were seen, in any form. */
  readonly deliveredBytes: number
}

/** System prompts that providers add, framing, and what tools are worded as. */
const INPUT_SLACK_TOKENS = 16_384
/** The largest size of an image, whatever its bytes; also for what is behind an address. */
const IMAGE_TOKENS = 65_536
/** Where a document, or what a hosted tool reads, fills the context, and the size of that is not known. */
const CONTEXT_TOKENS = 2_000_000
/** Rounds in which a provider's own tools may read and write again. */
const HOSTED_ROUNDS = 10
/** Limits of output are kept more or less; some providers count reasoning beside them. */
const OUTPUT_SLACK = 1.5
const OUTPUT_SLACK_TOKENS = 4_096
/** The fastest servers write about so much; some of it may have been ready before we asked. */
const FASTEST_TOKENS_PER_MS = 3
const HEAD_START_MS = 10_000
const MOST_SEARCHES = 1_000
/** So many times the searches that a request looks like. */
const SEARCH_SLACK = 10

/** The most tokens that an answer can have been written in at any speed that is known. */
export function mostWritten(elapsedMs: number, choices: number): number {
  return Math.ceil(elapsedMs * FASTEST_TOKENS_PER_MS) * choices
}

/**
 * Holds a report to what request, answer and time can explain. Gives the report itself where they can; else one that is cut down
 * to the most that they can, marked as estimated and with what was wrong. The bounds are wide: only nonsense and lies are
 * beyond them, so that no honest bill is cut.
 */
export function believe(usage: Usage, witness: Witness): Usage {
  const credible = believeSearches(believeOutput(believeInput(usage, witness), witness), witness)
  return credible === usage ? usage : { ...credible, estimated: true }
}

function believeInput(usage: Usage, { attempt }: Witness): Usage {
  const input = totalInput(usage) + usage.hiddenInputTokens
  const plain = requestBytes(attempt.exchange) + INPUT_SLACK_TOKENS
  if (input <= plain) return usage
  const most = plain + mostBeside(attempt)
  if (totalInput(usage) <= most && usage.hiddenInputTokens <= most * HOSTED_ROUNDS) return usage
  const cut: Mutable<Usage> = { ...usage }
  cut.hiddenInputTokens = Math.min(usage.hiddenInputTokens, most * HOSTED_ROUNDS)
  cutTo(cut, 'input', most)
  return withAnomaly(cut, 'input-beyond-request')
}

function believeOutput(usage: Usage, witness: Witness): Usage {
  // Bytes that were seen explain nearly every answer, and cost nothing to know.
  if (isWithin(usage, witness.deliveredBytes)) return usage
  const most = Math.ceil(Math.max(mostPossible(witness), witness.deliveredBytes))
  if (isWithin(usage, most)) return usage
  const cut: Mutable<Usage> = { ...usage }
  cut.hiddenOutputTokens = Math.min(usage.hiddenOutputTokens, most * HOSTED_ROUNDS)
  cut.webSearches = Math.min(usage.webSearches ?? 0, MOST_SEARCHES)
  cutTo(cut, 'output', most)
  return withAnomaly(cut, 'output-beyond-answer')
}

/** Providers cut documents into pieces of different sizes, and charge for each. */
function believeSearches(usage: Usage, { attempt }: Witness): Usage {
  const most = (requestFeatures(attempt.exchange).searches ?? 1) * SEARCH_SLACK
  if ((usage.searches ?? 0) <= most) return usage
  return withAnomaly({ ...usage, searches: most }, 'input-beyond-request')
}

function isWithin(usage: Usage, most: number): boolean {
  return (
    totalOutput(usage) <= most &&
    usage.hiddenOutputTokens <= most * HOSTED_ROUNDS &&
    (usage.webSearches ?? 0) <= MOST_SEARCHES
  )
}

/** The most output tokens that request, target and time allow. */
function mostPossible({ attempt, elapsedMs }: Witness): number {
  const { choices, maxOutputTokens, hostedTools } = requestFeatures(attempt.exchange)
  const { capabilities } = attempt.target
  // Not every provider is told a limit that the client did not name; the model has one all the same.
  const ownTokens =
    maxOutputTokens === undefined ? (capabilities.maxOutputTokens ?? Number.POSITIVE_INFINITY) : 0
  const longest = Math.max(mostOutput(attempt.exchange, attempt.target), ownTokens * choices)
  const allowed = longest * OUTPUT_SLACK + OUTPUT_SLACK_TOKENS * choices
  const rounds = hostedTools ? HOSTED_ROUNDS : 1
  return Math.min(allowed * rounds, mostWritten(elapsedMs + HEAD_START_MS, choices))
}

/** Cuts the tokens of a side, dearest first: what is left costs no less than what was cut off. */
function cutTo(usage: Mutable<Usage>, side: Side, most: number): void {
  let left = most
  for (const unit of SIDES[side]) {
    usage[unit] = Math.min(usage[unit], left)
    left -= usage[unit]
  }
}

/** Input tokens that the bytes of the request do not show: media, what is behind addresses, what hosted tools read. */
function mostBeside({ exchange, target }: Attempt): number {
  const { hostedTools, images, unsized } = requestFeatures(exchange)
  const { extra, bearing } = exchange.request
  const contextTokens = target.capabilities.contextTokens ?? CONTEXT_TOKENS
  const reads = hostedTools || extra !== undefined || bearing !== undefined
  return (reads ? contextTokens * HOSTED_ROUNDS : 0) + images * IMAGE_TOKENS + unsized * contextTokens
}
