import type { ResponseEvent } from '../../exchange/event.ts'
import { toFailure, type Failure } from '../../exchange/failure.ts'
import {
  singleChunk,
  type ChunkSource,
  type ModelResponse,
  type ResponseChunk,
} from '../../exchange/response.ts'
import { WatchedSource } from '../../exchange/watcher.ts'
import { CheckOpinion, hasCheck } from '../../guardrails/check-opinion.ts'
import { guardrailsFor } from '../../guardrails/guardrail.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import { HeldResponse } from '../dispatch/commit.ts'
import type { Layer } from '../policy.ts'
import { AnswerTrial, HeardAnswer } from './answer-trial.ts'
import { refusalEvents } from './decline.ts'
import { failureOf, isRefusedByModel, messageOf } from './guard-failures.ts'
import type { CheckParts } from './run-checks.ts'
import { subjectOf } from './subject-of.ts'

/**
 * Creates the layer that has the checks of a plan judge what is answered, as lookers let it be told. Where one may change the answer, it is
 * held until it was judged; where all of them only tell what they find, it is told as it comes, and its end waits for them, so that what they
 * say stands in its record. Rejects with `guardrail-blocked` where an answer is not given; it was paid all the same.
 */
export function createCheckAnswer(parts: CheckParts): Layer {
  return (next) => async (exchange) => {
    const checks =
      // What the house asks is judged by whoever has asked it.
      exchange.asked === undefined
        ? guardrailsFor(parts.terms, subjectOf(exchange), 'output').filter(hasCheck)
        : []
    if (checks.length === 0) return await next(exchange)
    const opinions = checks.map((check) => new CheckOpinion(check, 'output'))
    const acts = opinions.some((opinion) => opinion.acts)
    exchange.trail.claimContent(acts ? 'rewrite' : 'read')
    const response = await next(exchange)
    const trial = new AnswerTrial(parts, exchange, opinions)
    if (acts) return await new JudgedAnswer(response).show(trial)
    return { ...response, source: new OverheardSource(response.source, trial) }
  }
}

/** An answer of which nothing is told before it was judged. */
class JudgedAnswer extends HeldResponse {
  async show(trial: AnswerTrial): Promise<ModelResponse> {
    while (!this.isWhole) this.keep(await this.more())
    const events = this.chunks.flatMap((chunk) => chunk.events)
    const told = await trial.judge(events)
    const { blockedBy } = trial
    if (blockedBy === undefined) return told === events ? this.shown() : this.#with(told)
    if (!isRefusedByModel(trial.exchange, blockedBy)) throw failureOf(blockedBy)
    return this.#with(refusedInsteadOf(events, messageOf(blockedBy)))
  }

  #with(events: readonly ResponseEvent[]): ModelResponse {
    return { ...this.response, source: singleChunk({ events }) }
  }
}

/** An answer that is a refusal; what was used for the one in whose place it stands is still told. */
function refusedInsteadOf(events: readonly ResponseEvent[], message: string): readonly ResponseEvent[] {
  return [
    ...events.filter(({ type }) => type === 'start'),
    ...refusalEvents(message, { choice: 0, index: 0 }),
    ...events.filter(({ type }) => type === 'usage' || type === 'end'),
  ]
}

/** An answer that is told while it is listened to; its last chunk when it was judged. What breaks off is not judged. */
class OverheardSource extends WatchedSource {
  readonly #trial: AnswerTrial
  readonly #heard: HeardAnswer

  constructor(source: ChunkSource, trial: AnswerTrial) {
    super(source)
    this.#trial = trial
    this.#heard = new HeardAnswer(trial.exchange)
  }

  protected override take(chunk: ResponseChunk | undefined): MaybePromise<ResponseChunk | undefined> {
    for (const event of chunk?.events ?? []) this.#heard.take(event)
    return chunk?.events.at(-1)?.type === 'end' ? this.#judge(chunk) : super.take(chunk)
  }

  async #judge(chunk: ResponseChunk): Promise<ResponseChunk | undefined> {
    try {
      await this.#trial.overhear(this.#heard)
    } catch (thrown) {
      // It is told whatever is found, and also where nobody wants to know it any more.
      if (toFailure(thrown).code !== 'client-gone') throw thrown
    }
    return super.take(chunk)
  }

  protected override leave(_reason: Failure): void {
    this.#trial.leave()
  }
}
