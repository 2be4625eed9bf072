import type { ResponseEvent } from '../../exchange/event.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import {
  operationOf,
  type ContentOf,
  type ModelRequest,
  type Operation,
} from '../../exchange/operations/all.ts'
import type { Recall, StoredQuestion } from '../../exchange/operations/operation-row.ts'
import { singleChunk, type ModelResponse } from '../../exchange/response.ts'
import type { Route, RouteTarget } from '../../exchange/route.ts'
import type { StoredResponse } from '../../store/stored-responses.ts'
import type { HandleExchange, Layer } from '../policy.ts'
import {
  CONVERSATION_BOUNDS,
  findHolder,
  fromStore,
  questionFor,
  type StoredAnswersParts,
} from './stored-answers.ts'

export interface RecallParts extends StoredAnswersParts {
  readonly resolveRoute: (model: string) => Route | undefined
}

/**
 * Creates the layer that answers what is asked about stored answers, without a model. Whoever stores one as well is told where it is to be
 * removed, and has the last word: what it keeps is not called removed.
 * Rejects with `response-not-found`, the same for an answer of somebody else; with `invalid-request` for one that cannot be stopped;
 * `store-unavailable`; and with what a provider says that does not remove.
 */
export function createRecall(parts: RecallParts): Layer {
  return (next) => (exchange) => {
    const { recall } = operationOf(exchange.request)
    return recall === undefined ? next(exchange) : new Recalling(parts, exchange, next).answer(recall)
  }
}

class Recalling {
  readonly #parts: RecallParts
  readonly #exchange: Exchange
  readonly #next: HandleExchange

  constructor(parts: RecallParts, exchange: Exchange, next: HandleExchange) {
    this.#parts = parts
    this.#exchange = exchange
    this.#next = next
  }

  async answer({ question, content }: Recall<ModelRequest, ContentOf<Operation>>): Promise<ModelResponse> {
    const { id, wants } = question(this.#exchange.request)
    const response = await this.#find(id)
    const before = wants === 'conversation' ? await this.#conversation(response) : [response]
    if (wants === 'stop') throw cannotStop()
    if (wants === 'removal') await this.#remove(response)
    const events: readonly ResponseEvent[] = [...content(before), { type: 'end' }]
    return { from: { kind: 'stored', model: response.model }, headers: {}, source: singleChunk({ events }) }
  }

  async #find(id: StoredQuestion['id']): Promise<StoredResponse> {
    const { responses, storing } = this.#parts
    const found =
      storing === undefined
        ? undefined
        : await fromStore(responses.find(questionFor(this.#exchange, id, this.#parts)))
    if (found !== undefined && found.dialect === this.#exchange.dialect) return found
    throw new Failure('response-not-found', { message: `Response with id '${id.slice(0, 200)}' not found.` })
  }

  /** What led to an answer, as far as it is still kept: where an earlier one was removed, the answer stands alone. */
  async #conversation(response: StoredResponse): Promise<readonly StoredResponse[]> {
    const question = questionFor(this.#exchange, response.id, this.#parts)
    const found = await fromStore(this.#parts.responses.conversation(question, CONVERSATION_BOUNDS))
    if (!('refused' in found)) return found.responses
    if (found.refused === 'too-long') throw new Failure('conversation-too-long')
    return [response]
  }

  async #remove(response: StoredResponse): Promise<void> {
    const { responses, resolveRoute, telemetry } = this.#parts
    const { holder, owner, id, model } = response
    const route = holder && resolveRoute(model)
    const holding = holder && route && findHolder(route, holder)
    if (route !== undefined && holding !== undefined) await this.#removeAt(holding, route)
    else if (holder !== undefined)
      telemetry.log('warn', 'an answer is removed that a provider goes on storing', {
        id,
        target: holder.target,
      })
    await fromStore(responses.remove(owner, id))
  }

  async #removeAt(holding: RouteTarget, route: Route): Promise<void> {
    const { operations: _what, ...capabilities } = holding.target.capabilities
    const target = { ...holding.target, capabilities }
    try {
      const only = { ...route, targets: [{ ...holding, target }], fallback: [] }
      const { source } = await this.#next({ ...this.#exchange, route: only })
      for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
        const last = chunk.events.at(-1)
        if (last?.type === 'failure') throw last.failure
      }
    } catch (thrown) {
      const failure = toFailure(thrown)
      // What the provider does not store any more need not be removed there.
      if (failure.details.upstream?.status !== 404) throw failure
    }
  }
}

function cannotStop(): Failure {
  return new Failure('invalid-request', { message: 'Cannot cancel a synchronous response.' })
}
