import type { Exchange } from '../../exchange/exchange.ts'
import { isSemantic, type ResponseEvent } from '../../exchange/event.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Placeholders } from '../../exchange/guard.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import {
  isLastChunk,
  prependChunks,
  WatchedSource,
  watchResponse,
  type Watcher,
} from '../../exchange/watcher.ts'
import { Eye, hasLooker } from '../../guardrails/eye.ts'
import { GuardedAnswer } from '../../guardrails/guarded-answer.ts'
import { guardrailsFor, toMasked } from '../../guardrails/guardrail.ts'
import type { MaskedPlace } from '../../guardrails/held-text.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import type { Layer } from '../policy.ts'
import { refusalEvents } from './decline.ts'
import { eyeParts, type GuardParts } from './guard-parts.ts'
import { failureOf, isRefusedByModel, messageOf } from './guard-failures.ts'
import { reportFindings } from './report-findings.ts'
import { subjectOf } from './subject-of.ts'
import { whoseIs } from './whose.ts'

/**
 * Creates the layer that has the guardrails of a plan look at what is answered. Where one may change it, it says so on the way in, and
 * nothing passes by; where all of them only tell what they find, bytes pass as ever. Rejects with `guardrail-blocked` where an answer is
 * not given of which nothing was said.
 */
export function createGuardAnswer(parts: GuardParts): Layer {
  return (next) => async (exchange) => {
    const guardrails = guardrailsFor(parts.terms, subjectOf(exchange), 'output').filter(hasLooker)
    if (guardrails.length === 0) return await next(exchange)
    const eyes = guardrails.map((guardrail) => new Eye(guardrail, 'output', eyeParts(parts)))
    const watch = new AnswerWatch(parts, exchange, eyes)
    exchange.trail.claimContent(watch.acts ? 'rewrite' : 'read')
    const response = await next(exchange)
    return watch.acts ? await guarded(response, watch) : watchResponse(response, watch)
  }
}

/** Nothing is shown of an answer before it is known that there is one: a failure is then one of the request, with its status. */
async function guarded(response: ModelResponse, watch: AnswerWatch): Promise<ModelResponse> {
  const source = new GuardedSource(response.source, watch)
  const held: ResponseChunk[] = []
  for (;;) {
    const chunk = await source.next()
    if (chunk === undefined) break
    const last = chunk.events.at(-1)
    if (last?.type === 'failure' && !held.some(isSaid)) throw last.failure
    held.push(chunk)
    if (isLastChunk(chunk) || isSaid(chunk)) break
  }
  return { ...response, source: prependChunks(held, source) }
}

function isSaid({ events }: ResponseChunk): boolean {
  return events.some(isSemantic)
}

/** Looks at one answer. */
class AnswerWatch implements Watcher {
  readonly exchange: Exchange
  readonly acts: boolean
  readonly answer: GuardedAnswer
  readonly #parts: GuardParts
  readonly #eyes: readonly Eye[]
  #placeholders: Placeholders | undefined
  #isReported = false

  constructor(parts: GuardParts, exchange: Exchange, eyes: readonly Eye[]) {
    this.exchange = exchange
    this.#parts = parts
    this.#eyes = eyes
    this.#placeholders = exchange.placeholders
    const acting = eyes.filter(({ acts }) => acts)
    this.acts = acting.length > 0
    this.answer = new GuardedAnswer({
      acting,
      seeing: eyes.filter(({ acts }) => !acts),
      put: (value, place) => this.#put(value, place),
      onLost: (code) => exchange.trail.note(code),
    })
  }

  #put(value: string, { name, eye }: MaskedPlace): string {
    const { trail, caller } = this.exchange
    // What an answer brings along is not put back in it.
    this.#placeholders ??= this.#parts.createPlaceholders({ owners: caller.owners, texts: () => [] })
    trail.note('guard.masked', eye.guardrail.name)
    return this.#placeholders.put({ ...toMasked({ guardrail: eye.guardrail, name, value }), restore: false })
  }

  onChunk(chunk: ResponseChunk): void {
    for (const event of chunk.events) this.answer.take(event)
    if (isLastChunk(chunk)) this.report()
  }

  onEnd(): void {
    this.report()
  }

  /** Takes down what was found, once. */
  report(): void {
    if (this.#isReported) return
    this.#isReported = true
    const { exchange } = this
    const { telemetry, vault } = this.#parts
    if (this.#placeholders !== undefined)
      vault?.keep(this.#placeholders.masked, { whose: whoseIs(exchange), requestId: exchange.id })
    reportFindings(telemetry, { exchange, phase: 'output', opinions: this.#eyes })
    if (this.acts) telemetry.observe('gatehouse_guardrail_held_characters', this.answer.mostHeld)
  }
}

/** An answer as guardrails let it be told. */
class GuardedSource extends WatchedSource {
  readonly #watch: AnswerWatch
  /** Of an answer that is wanted in one piece, nothing is told before its end. */
  readonly #whole: ResponseEvent[] | undefined
  #hasSaid = false
  #isBlocked = false

  constructor(source: ChunkSource, watch: AnswerWatch) {
    super(source)
    this.#watch = watch
    if (!watch.exchange.request.stream) this.#whole = []
  }

  protected override take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    if (chunk === undefined) {
      this.#watch.report()
      return super.take(chunk)
    }
    const isLast = isLastChunk(chunk)
    this.#whole?.push(...chunk.events)
    if (this.#whole !== undefined && !isLast) return super.take(NOTHING_YET)
    const events = this.#guard(this.#whole ?? chunk.events)
    if (isLast || this.#isOver(events)) this.#watch.report()
    const { seam } = chunk
    return super.take(seam === undefined || events.length === 0 ? { events } : { events, seam })
  }

  protected override leave(reason: Failure): void {
    this.#watch.report()
    super.leave(reason)
  }

  #isOver(events: readonly ResponseEvent[]): boolean {
    return events.at(-1)?.type === 'failure'
  }

  #guard(said: readonly ResponseEvent[]): readonly ResponseEvent[] {
    const told: ResponseEvent[] = []
    for (const event of said) {
      if (this.#isBlocked) {
        // What is told of usage still has to be paid, and an end is an end.
        if (event.type === 'usage' || event.type === 'end' || event.type === 'failure') told.push(event)
        continue
      }
      for (const one of this.#watch.answer.take(event)) told.push(one)
      const { blockedBy } = this.#watch.answer
      if (blockedBy === undefined) continue
      this.#isBlocked = true
      if (this.#hasSaid) told.push(...this.#finish(blockedBy))
      else if (this.#stop(blockedBy, told)) return told
    }
    this.#hasSaid ||= told.some(isSemantic)
    return told
  }

  /** Nothing was said yet: gives an error, or all of a refusal. True where it is over with that. */
  #stop(eye: Eye, told: ResponseEvent[]): boolean {
    const start = told.filter(({ type }) => type === 'start' || type === 'usage')
    told.length = 0
    if (isRefusedByModel(this.#watch.exchange, eye)) {
      told.push(...start, ...refusalEvents(messageOf(eye), { choice: 0, index: 0 }))
      return false
    }
    const failure = failureOf(eye)
    this.source.cancel(failure)
    told.push(...start, { type: 'failure', failure })
    return true
  }

  /** Some of it was said: blocks that are open end where they are, and every answer ends with a refusal. */
  #finish(eye: Eye): readonly ResponseEvent[] {
    return this.#watch.answer.open.flatMap(({ choice, blocks, nextIndex }) => [
      ...blocks.map((index) => ({ type: 'block-end', choice, index }) as const),
      ...refusalEvents(messageOf(eye), { choice, index: nextIndex }),
    ])
  }
}

const NOTHING_YET: ResponseChunk = { events: [] }
