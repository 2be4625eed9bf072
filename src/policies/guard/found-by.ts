import type { ResponseEvent } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { mapAnswerTexts } from '../../guardrails/answer-texts.ts'
import { CheckOpinion, hasCheck } from '../../guardrails/check-opinion.ts'
import { Eye, hasLooker } from '../../guardrails/eye.ts'
import { guardrailsFor, type Guardrail } from '../../guardrails/guardrail.ts'
import type { MaskedPlace } from '../../guardrails/held-text.ts'
import { byPlace } from '../../guardrails/looker.ts'
import { defined } from '../../kit/defined.ts'
import { HeardAnswer } from './answer-trial.ts'
import { eyeParts } from './guard-parts.ts'
import { maskText } from './masked-places.ts'
import { runChecks, type CheckParts } from './run-checks.ts'
import { subjectOf } from './subject-of.ts'

/** A whole answer that may still be dropped, and by whom it is looked at. */
export interface TriedAnswer {
  readonly exchange: Exchange
  readonly events: readonly ResponseEvent[]
  /** Names of guardrails. */
  readonly names: readonly string[]
}

/** Tells which of some guardrails find something in an answer. Those in shadow mode, and those that cannot judge it, find nothing. */
export type FoundBy = (answer: TriedAnswer) => Promise<readonly string[]>

/** Creates what tells it. Nothing is taken down: who is asked next is told by the verdict on the answer, and whatever is given is looked at again. */
export function createFoundBy(parts: CheckParts): FoundBy {
  return async ({ exchange, events, names }) => {
    const all = guardrailsFor(parts.terms, subjectOf(exchange), 'output')
    const named = all.filter(({ name, isShadow }) => names.includes(name) && !isShadow)
    if (named.length === 0) return []
    const seen = lookedAt(parts, named, heardIn(exchange, events).texts ?? [])
    // Nobody has to be asked about what is dropped already.
    if (seen.length > 0) return seen
    return await judged(parts, named, { exchange, events: withMasks(parts, all, { exchange, events }) })
  }
}

type Said = Pick<TriedAnswer, 'exchange' | 'events'>

function heardIn(exchange: Exchange, events: readonly ResponseEvent[]): HeardAnswer {
  const heard = new HeardAnswer(exchange)
  for (const event of events) heard.take(event)
  return heard
}

function lookedAt(
  parts: CheckParts,
  named: readonly Guardrail[],
  texts: readonly string[],
): readonly string[] {
  const eyes = named.filter(hasLooker).map((guardrail) => new Eye(guardrail, 'output', eyeParts(parts)))
  for (const eye of eyes) for (const text of texts) eye.add(eye.look(text).toSorted(byPlace))
  return eyes.filter(({ hasFound }) => hasFound).map(({ guardrail }) => guardrail.name)
}

async function judged(
  parts: CheckParts,
  named: readonly Guardrail[],
  { exchange, events }: Said,
): Promise<readonly string[]> {
  const opinions = named.filter(hasCheck).map((guardrail) => new CheckOpinion(guardrail, 'output'))
  const { texts, message: answer } = heardIn(exchange, events)
  if (opinions.length === 0 || texts === undefined) return []
  const subject = { phase: 'output', texts, exchange, mayMend: false, ...defined({ answer }) } as const
  await runChecks(parts, opinions, subject)
  return opinions.filter(({ hasFound }) => hasFound).map(({ guardrail }) => guardrail.name)
}

/** The answer as checks may be told it: what is masked before a client reads it is masked before anybody is asked about it. */
function withMasks(
  parts: CheckParts,
  all: readonly Guardrail[],
  { exchange, events }: Said,
): readonly ResponseEvent[] {
  const eyes = all
    .filter(hasLooker)
    .map((guardrail) => new Eye(guardrail, 'output', eyeParts(parts)))
    .filter(({ masks }) => masks)
  if (eyes.length === 0) return events
  const { owners } = exchange.caller
  const placeholders = exchange.placeholders ?? parts.createPlaceholders({ owners, texts: () => [] })
  const placesIn = (text: string): readonly MaskedPlace[] =>
    eyes.flatMap((eye) => eye.look(text).map((found) => ({ ...found, eye })))
  const mask = (text: string): string => maskText(text, placesIn(text), { placeholders, mayRestore: false })
  return mapAnswerTexts(events, mask, () => {})
}
