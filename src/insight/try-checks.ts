import type { Ask } from '../exchange/ask.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { graverVerdict, type GuardVerdict } from '../exchange/guard.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import { CheckOpinion, hasCheck } from '../guardrails/check-opinion.ts'
import { guardrailsFor, type GuardTerms } from '../guardrails/guardrail.ts'
import type { Clock } from '../kit/clock.ts'
import { runChecks } from '../policies/guard/run-checks.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Trial, TriedText } from './try-guardrails.ts'

/** By whom checks ask when a text is tried. */
export interface AskingParts {
  readonly terms: GuardTerms | undefined
  readonly ask: Ask
  /** The parent of what they ask. */
  readonly exchange: Exchange
  readonly clock: Clock
  readonly telemetry: Pick<Telemetry, 'log'>
}

/**
 * What was tried, with what checks say of the text as others have left it: they ask whom they are for. Each is told the same, in no order,
 * and nobody mends it. Of what is blocked already nobody is asked.
 */
export async function tryChecks(
  tried: TriedText,
  { phase, subject }: Trial,
  { terms, exchange, ...parts }: AskingParts,
): Promise<TriedText> {
  const checks = terms === undefined ? [] : guardrailsFor(terms, subject, phase).filter(hasCheck)
  if (checks.length === 0 || tried.verdict === 'blocked') return tried
  const opinions = checks.map((check) => new CheckOpinion(check, phase))
  const { text } = tried
  const said = { index: 0, blocks: [{ type: 'text', text }], logprobs: [] } as const
  const answer = phase === 'output' ? { answer: { choices: [said], usage: NO_USAGE } } : {}
  const texts = text.trim() === '' ? [] : [text]
  await runChecks(parts, opinions, { phase, texts, exchange, mayMend: false, ...answer })
  const byName = new Map(opinions.map((opinion) => [opinion.guardrail.name, opinion]))
  const guardrails = tried.guardrails.map((one) => {
    const opinion = byName.get(one.guardrail)
    if (opinion === undefined) return one
    const { verdict, found: counts = {} } = opinion.finding()
    return { ...one, verdict, counts, spentMs: opinion.spentMs }
  })
  let verdict: GuardVerdict = tried.verdict
  for (const one of guardrails)
    if (one.verdict !== undefined && !one.isShadow) verdict = graverVerdict(verdict, one.verdict)
  return { ...tried, guardrails, verdict }
}
