import type { Message } from '../../exchange/collect.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Placeholders } from '../../exchange/guard.ts'
import { createFoldOf } from '../../exchange/operations/all.ts'
import { AnswerTexts, mapAnswerTexts } from '../../guardrails/answer-texts.ts'
import type { CheckOpinion } from '../../guardrails/check-opinion.ts'
import { defined } from '../../kit/defined.ts'
import { maskText, placesOf } from './masked-places.ts'
import { whoseIs } from './whose.ts'
import { reportFindings } from './report-findings.ts'
import { roundsOf, runChecks, type CheckParts } from './run-checks.ts'

/** What was heard of an answer. */
export class HeardAnswer {
  readonly #texts = new AnswerTexts()
  readonly #fold = createFoldOf('chat')
  readonly #isConversation: boolean

  constructor({ request }: Exchange) {
    this.#isConversation = request.operation === 'chat'
  }

  take(event: ResponseEvent): void {
    this.#texts.take(event)
    if (this.#isConversation && event.type !== 'failure' && this.texts !== undefined) this.#fold.push(event)
  }

  /** As of `AnswerTexts`. */
  get texts(): readonly string[] | undefined {
    return this.#texts.texts
  }

  get message(): Message | undefined {
    return this.#isConversation ? this.#fold.result() : undefined
  }
}

/** The judging of one answer by checks. */
export class AnswerTrial {
  readonly exchange: Exchange
  readonly #opinions: readonly CheckOpinion[]
  readonly #parts: CheckParts
  /** Aborted when nobody wants the answer any more. */
  readonly #left = new AbortController()
  #placeholders: Placeholders | undefined

  constructor(parts: CheckParts, exchange: Exchange, opinions: readonly CheckOpinion[]) {
    this.#parts = parts
    this.exchange = exchange
    this.#opinions = opinions
    this.#placeholders = exchange.placeholders
  }

  leave(): void {
    this.#left.abort()
  }

  /** Whoever keeps the answer from being given. */
  get blockedBy(): CheckOpinion | undefined {
    return this.#opinions.find(({ blocks }) => blocks)
  }

  /** Judges a whole answer. Gives it as it may be told: mended, masked, or as it was. */
  async judge(events: readonly ResponseEvent[]): Promise<readonly ResponseEvent[]> {
    const judged: CheckOpinion[] = []
    let told = events
    try {
      for (const round of roundsOf(this.#opinions)) {
        judged.push(...round)
        const heard = new HeardAnswer(this.exchange)
        for (const event of told) heard.take(event)
        await this.#run(round, heard)
        if (this.blockedBy !== undefined) break
        told = this.#change(told, round)
      }
    } finally {
      this.#report(judged)
    }
    return told
  }

  /** Judges an answer that is told whatever is found. */
  async overhear(heard: HeardAnswer): Promise<void> {
    try {
      await this.#run(this.#opinions, heard)
    } finally {
      this.#report(this.#opinions)
    }
  }

  async #run(round: readonly CheckOpinion[], heard: HeardAnswer): Promise<void> {
    const { texts, message: answer } = heard
    if (texts === undefined) {
      for (const opinion of round) opinion.fail()
      return
    }
    const signal = AbortSignal.any([this.exchange.signal, this.#left.signal])
    const exchange = { ...this.exchange, signal }
    await runChecks(this.#parts, round, { phase: 'output', texts, exchange, ...defined({ answer }) })
  }

  #change(events: readonly ResponseEvent[], round: readonly CheckOpinion[]): readonly ResponseEvent[] {
    const { trail, caller } = this.exchange
    const places = placesOf(round)
    const instead = new Map(round.flatMap((opinion) => [...opinion.instead]))
    if (places.size === 0 && instead.size === 0) return events
    const placeholders = (this.#placeholders ??= this.#parts.createPlaceholders({
      owners: caller.owners,
      texts: () => [],
    }))
    for (const { guardrail, hasFound, masks } of round)
      if (hasFound && masks) trail.note('guard.masked', guardrail.name)
    return mapAnswerTexts(
      events,
      (text) => instead.get(text) ?? maskText(text, places.get(text), { placeholders, mayRestore: false }),
      (code) => trail.note(code),
    )
  }

  #report(opinions: readonly CheckOpinion[]): void {
    const { exchange } = this
    const { telemetry, vault } = this.#parts
    if (this.#placeholders !== undefined)
      vault?.keep(this.#placeholders.masked, { whose: whoseIs(exchange), requestId: exchange.id })
    reportFindings(telemetry, { exchange, phase: 'output', opinions })
  }
}
