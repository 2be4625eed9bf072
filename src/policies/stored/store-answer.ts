import type { AnyFold, ConversationState } from '../../exchange/conversation-state.ts'
import { isLastWord, shownIdIn, type ResponseEvent } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import type { Failure } from '../../exchange/failure.ts'
import { createFoldOf } from '../../exchange/operations/all.ts'
import type { ResponseChunk, ResponseOrigin } from '../../exchange/response.ts'
import { watchResponse, type Watcher } from '../../exchange/watcher.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { bytesOf, type ResponseHolder, type StoredResponse } from '../../store/stored-responses.ts'
import type { Layer } from '../policy.ts'
import { ownerOf, type StoredAnswersParts, type StoringTerms } from './stored-answers.ts'

/**
 * Creates the layer that stores answers as their clients get them, before their last piece is handed on: who has read an answer can go
 * on from it. It follows nothing that it is not shown anyway, so it claims no access to content: what passes is read once, at its end.
 */
export function createStoreAnswer(parts: StoredAnswersParts): Layer {
  return (next) => (exchange) => {
    const { state, trail } = exchange
    if (state === undefined || state.store === 'no') return next(exchange)
    return next(exchange).then((response) => {
      const { storing } = parts
      if (trail.isStored && storing !== undefined)
        return watchResponse(
          response,
          new Storing({ ...parts, storing, exchange, state, from: response.from }),
        )
      if (state.store === 'asked') trail.note('response.not-stored', 'store')
      return response
    })
  }
}

interface StoringParts extends StoredAnswersParts {
  readonly storing: StoringTerms
  readonly exchange: Exchange
  readonly state: ConversationState
  readonly from: ResponseOrigin
}

/** What became of an answer that was to be stored. */
type Outcome = 'stored' | 'too-large' | 'without-id' | 'lost'

/** An answer on its way to the store. */
class Storing implements Watcher {
  readonly #parts: StoringParts
  readonly #content: AnyFold
  /** Characters that were folded, at least. */
  #size = 0
  #hasPassed = false
  /** The bytes with the last word of an answer that passed. */
  #lastPassed: Uint8Array | undefined
  /** The id that they told the client. */
  #shownId: string | undefined

  constructor(parts: StoringParts) {
    this.#parts = parts
    this.#content = createFoldOf(parts.exchange.request.operation)
  }

  onChunk({ events, wire, seam }: ResponseChunk): void {
    if (wire !== undefined) {
      this.#hasPassed = true
      if (events.some(isLastWord)) this.#lastPassed = wire
      this.#shownId ??= shownIdIn(events)
      return
    }
    if (seam !== undefined && this.#hasPassed) {
      // What follows is told in the client's dialect, and the bytes before it come to no last word.
      this.#hasPassed = false
      this.#fold(seam.said)
    }
    this.#fold(events)
  }

  #fold(events: readonly ResponseEvent[]): void {
    for (const event of events) {
      if (event.type === 'passed' || this.#size > LIMITS.storedResponseBytes) continue
      if ('text' in event) this.#size += event.text.length
      this.#content.push(event)
    }
  }

  onEnd(failure?: Failure): void {
    if (failure !== undefined && !this.#isToldInStream(failure)) return
    try {
      this.#store(failure)
    } catch (error) {
      this.#lose(error)
    }
  }

  /** Who left, or was told of the failure in the place of an answer, knows no id. */
  #isToldInStream({ code }: Failure): boolean {
    return this.#parts.exchange.request.stream && code !== 'client-gone'
  }

  #store(failure: Failure | undefined): void {
    const { responses, storing } = this.#parts
    if (this.#size > LIMITS.storedResponseBytes) return this.#count('too-large')
    const response = this.#response(failure)
    if (response === undefined) return this.#count('without-id')
    if (bytesOf(response) > LIMITS.storedResponseBytes) return this.#count('too-large')
    responses.put(response, storing.room).then(
      () => this.#count('stored'),
      (error: unknown) => this.#lose(error),
    )
  }

  #response(failure: Failure | undefined): StoredResponse | undefined {
    const { exchange, state, from, clock } = this.#parts
    const passed = this.#lastPassed
    const shownId = this.#shownId
    // Of what passed and broke nothing is known but that it did, and its id.
    if (this.#hasPassed && passed === undefined && shownId === undefined) return undefined
    const { id: requestId, startedAtMs, request } = exchange
    const ended = {
      requestId,
      startedAtMs,
      request,
      from,
      content: this.#content,
      ...defined({ passed, failure, shownId: passed === undefined ? shownId : undefined }),
    }
    const texts = state.textsOf(ended)
    if (texts === undefined) return undefined
    const { id, input, answer, isHeld } = texts
    const { dialect, caller } = exchange
    return {
      id,
      owner: ownerOf(caller),
      dialect,
      model: request.model,
      atMs: clock.nowMs(),
      input,
      answer,
      ...defined({ previousId: state.previousId, holder: isHeld ? this.#holder() : undefined }),
    }
  }

  #holder(): ResponseHolder | undefined {
    const { attempts, servedAttemptId } = this.#parts.exchange.trail
    const served = attempts.find(({ id }) => id === servedAttemptId)
    return served && { target: served.target, credential: served.credential }
  }

  #lose(error: unknown): void {
    const { telemetry, exchange } = this.#parts
    this.#count('lost')
    telemetry.log('error', 'an answer could not be stored', {
      ...requestFields(exchange),
      reason: String(error),
    })
  }

  #count(outcome: Outcome): void {
    this.#parts.telemetry.count('gatehouse_responses_stored_total', { outcome })
  }
}
