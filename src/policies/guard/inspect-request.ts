import { joinConstraints } from '../../exchange/constraint.ts'
import type { Constraint } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { GuardRecord, type CreatePlaceholders, type Placeholders } from '../../exchange/guard.ts'
import { mapTexts, textsOf } from '../../exchange/request-texts.ts'
import { guardrailsFor, type Guardrail, type GuardTerms } from '../../guardrails/guardrail.ts'
import { GuardTally, placesToMask, type MaskedPlace } from '../../guardrails/inspection.ts'
import { lookInSteps } from '../../guardrails/look-in-steps.ts'
import type { Found, Looker } from '../../guardrails/looker.ts'
import { replaceFound } from '../../guardrails/replace-found.ts'
import type { Clock } from '../../kit/clock.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'
import { failureOf, messageOf } from './guard-failures.ts'
import { reportFindings } from './report-findings.ts'
import { subjectOf } from './subject-of.ts'

export interface InspectRequestParts {
  readonly terms: GuardTerms
  readonly createPlaceholders: CreatePlaceholders
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** So long may everybody else wait for the texts of a request. */
const TURN_MS = 2
/** Characters for which the budget of a guardrail is meant. */
const BUDGET_CHARACTERS = 1_000_000

/**
 * Creates the admission that has the guardrails of a plan look at what is asked. What they want masked is masked in a copy of the request;
 * what they want of targets holds from here on. Rejects with `guardrail-blocked`, and with `guardrail-failed` where one could not look
 * and says that nothing passes then.
 */
export function createInspectRequest(parts: InspectRequestParts): Admission {
  return (exchange) => {
    const guardrails = guardrailsFor(parts.terms, subjectOf(exchange), 'input').filter(hasLooker)
    if (guardrails.length === 0) return exchange
    const texts = textsOf(exchange.request)
    const inspection = new Inspection(parts, { guardrails, exchange, texts })
    return andThen(inspection.run(), conclude, inspection)
  }
}

type Looking = Guardrail & { readonly looker: Looker }

function hasLooker(guardrail: Guardrail): guardrail is Looking {
  return guardrail.looker !== undefined
}

const conclude = (_looked: void, inspection: Inspection): Exchange => inspection.conclude()

interface Subject {
  readonly guardrails: readonly Looking[]
  readonly exchange: Exchange
  readonly texts: readonly string[]
}

/** The looking at the texts of one request. */
class Inspection {
  readonly #parts: InspectRequestParts
  readonly #subject: Subject
  readonly #tallies: readonly GuardTally[]
  /** What is to be masked, by the text. */
  readonly #places = new Map<string, readonly MaskedPlace[]>()

  constructor(parts: InspectRequestParts, subject: Subject) {
    this.#parts = parts
    this.#subject = subject
    this.#tallies = subject.guardrails.map((guardrail) => new GuardTally(guardrail, 'input'))
  }

  /** At once where it takes no longer than a turn may. */
  run(): MaybePromise<void> {
    const steps = this.#steps()
    return this.#turn(steps) ? undefined : this.#inTurns(steps)
  }

  /** Goes on until it is done, which it says, or the turn is over. */
  #turn(steps: Generator<void, void>): boolean {
    const { clock } = this.#parts
    const begunMs = clock.elapsedMs()
    while (steps.next().done !== true) if (clock.elapsedMs() - begunMs > TURN_MS) return false
    return true
  }

  async #inTurns(steps: Generator<void, void>): Promise<void> {
    const { clock } = this.#parts
    do await new Promise<void>((resolve) => clock.afterTurn(resolve))
    while (!this.#turn(steps))
  }

  *#steps(): Generator<void, void> {
    const { texts, guardrails } = this.#subject
    const characters = texts.reduce((sum, text) => sum + text.length, 0)
    const share = Math.max(1, Math.ceil(characters / BUDGET_CHARACTERS))
    for (const text of new Set(texts)) {
      const found = new Map<Guardrail, readonly Found[]>()
      for (const [index, guardrail] of guardrails.entries()) {
        const tally = this.#tallies[index]
        if (tally === undefined || tally.hasFailed) continue
        found.set(guardrail, yield* this.#look(guardrail, tally, text))
        if (tally.spentMs > guardrail.budgetMs * share) tally.fail()
      }
      const places = placesToMask(found)
      if (places.length > 0) this.#places.set(text, places)
      yield
    }
  }

  /** What a guardrail finds in a text; nothing where it breaks, which is a defect and counts as one that could not look. */
  *#look({ looker }: Looking, tally: GuardTally, text: string): Generator<void, readonly Found[]> {
    const { clock, telemetry } = this.#parts
    const steps = lookInSteps(looker, text)
    try {
      for (;;) {
        const begunMs = clock.elapsedMs()
        const step = steps.next()
        tally.spentMs += clock.elapsedMs() - begunMs
        if (step.done === true) {
          tally.add(step.value)
          return step.value
        }
        yield
      }
    } catch (thrown) {
      telemetry.log('error', 'a guardrail has broken', {
        guardrail: tally.guardrail.name,
        error: String(thrown),
      })
      tally.fail()
      return NOTHING
    }
  }

  conclude(): Exchange {
    const { exchange } = this.#subject
    const record = (exchange.trail.guard ??= new GuardRecord())
    reportFindings(this.#parts.telemetry, { exchange, record, phase: 'input', tallies: this.#tallies })
    const blocking = this.#tallies.find(({ blocks }) => blocks)
    if (blocking !== undefined) return this.#block(blocking)
    const copy: Mutable<Exchange> = { ...exchange }
    if (this.#places.size > 0) this.#mask(copy)
    const only = this.#constraints()
    if (only !== undefined) copy.only = joinConstraints(exchange.only, only) ?? only
    return copy
  }

  #block(tally: GuardTally): Exchange {
    const { exchange } = this.#subject
    const { action } = tally.guardrail
    const mayDecline = exchange.request.operation === 'chat' && tally.hasFound
    if (mayDecline && action.type === 'block' && action.answer === 'refusal')
      return { ...exchange, declined: messageOf(tally) }
    throw failureOf(tally)
  }

  #mask(copy: Mutable<Exchange>): void {
    const { exchange, texts } = this.#subject
    const holds = (text: string): boolean => texts.some((one) => one.includes(text))
    const placeholders = this.#parts.createPlaceholders({ owners: exchange.caller.owners, holds })
    copy.placeholders = placeholders
    copy.request = mapTexts(exchange.request, (text) => maskText(text, this.#places.get(text), placeholders))
    for (const { guardrail, hasFound } of this.#tallies)
      if (hasFound && guardrail.action.type === 'mask' && !guardrail.isShadow)
        exchange.trail.noteChange('guard.masked', guardrail.name)
  }

  #constraints(): readonly Constraint[] | undefined {
    let only: readonly Constraint[] | undefined
    for (const { guardrail, hasFound } of this.#tallies)
      if (hasFound && !guardrail.isShadow && guardrail.action.type === 'restrict')
        only = joinConstraints(only, guardrail.action.only)
    return only
  }
}

const NOTHING: readonly Found[] = []

function maskText(
  text: string,
  places: readonly MaskedPlace[] | undefined,
  placeholders: Placeholders,
): string {
  if (places === undefined) return text
  return replaceFound(text, places, ({ start, end, name, restore }) =>
    placeholders.put({ value: text.slice(start, end), detector: name, restore }),
  )
}
