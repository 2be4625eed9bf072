import type { Exchange } from '../../exchange/exchange.ts'
import { textsOf } from '../../exchange/request-texts.ts'
import { Eye, hasLooker } from '../../guardrails/eye.ts'
import { guardrailsFor } from '../../guardrails/guardrail.ts'
import type { MaskedPlace } from '../../guardrails/held-text.ts'
import { byPlace } from '../../guardrails/looker.ts'
import { lookInPieces } from '../../guardrails/pieces.ts'
import { andThen, type MaybePromise } from '../../kit/maybe-promise.ts'
import type { Admission } from '../policy.ts'
import { refuse, restrict } from './follow-findings.ts'
import { eyeParts, type GuardParts } from './guard-parts.ts'
import { maskRequest } from './mask-request.ts'
import { reportFindings } from './report-findings.ts'
import { subjectOf } from './subject-of.ts'

/** So long may everybody else wait for the texts of a request. */
const TURN_MS = 2

/**
 * Creates the admission that has the guardrails of a plan look at what is asked. What they want masked is masked in a copy of the request;
 * what they want of targets holds from here on. Rejects with `guardrail-blocked`, and with `guardrail-failed` where one could not look
 * and says that nothing passes then.
 */
export function createInspectRequest(parts: GuardParts): Admission {
  return (exchange) => {
    const guardrails = guardrailsFor(parts.terms, subjectOf(exchange), 'input').filter(hasLooker)
    if (guardrails.length === 0) return exchange
    const eyes = guardrails.map((guardrail) => new Eye(guardrail, 'input', eyeParts(parts)))
    const inspection = new Inspection(parts, { eyes, exchange, texts: textsOf(exchange.request) })
    return andThen(inspection.run(), conclude, inspection)
  }
}

const conclude = (_looked: void, inspection: Inspection): Exchange => inspection.conclude()

interface Subject {
  readonly eyes: readonly Eye[]
  readonly exchange: Exchange
  readonly texts: readonly string[]
}

/** The looking at the texts of one request. */
class Inspection {
  readonly #parts: GuardParts
  readonly #subject: Subject
  /** What is to be masked, by the text. */
  readonly #places = new Map<string, MaskedPlace[]>()

  constructor(parts: GuardParts, subject: Subject) {
    this.#parts = parts
    this.#subject = subject
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
    const { texts, eyes } = this.#subject
    for (const text of new Set(texts))
      for (const eye of eyes) {
        eye.checkTime()
        yield* this.#look(text, eye)
      }
    for (const eye of eyes) eye.checkTime()
  }

  *#look(text: string, eye: Eye): Generator<void, void> {
    let until = 0
    for (const found of lookInPieces(text, eye.guardrail.looker.reach, (piece) => eye.look(piece))) {
      until = eye.add(found.toSorted(byPlace), until)
      if (eye.masks) for (const place of found) this.#note(text, { ...place, eye })
      yield
    }
  }

  #note(text: string, place: MaskedPlace): void {
    const places = this.#places.get(text)
    if (places === undefined) this.#places.set(text, [place])
    else places.push(place)
  }

  conclude(): Exchange {
    const { exchange, eyes } = this.#subject
    reportFindings(this.#parts.telemetry, { exchange, phase: 'input', opinions: eyes })
    const blocking = eyes.find(({ blocks }) => blocks)
    if (blocking !== undefined) return refuse(exchange, blocking)
    const { createPlaceholders } = this.#parts
    const masked = maskRequest(exchange, { places: this.#places, opinions: eyes, createPlaceholders })
    return restrict(masked, eyes)
  }
}
