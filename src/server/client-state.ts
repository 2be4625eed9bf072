import type { ClientBody, RequestHead, StoredAnswers } from '../dialects/dialect.ts'
import type { AnswerToStore, ConversationState, EndedAnswer } from '../exchange/conversation-state.ts'
import type { StoredTexts } from '../exchange/stored-texts.ts'
import { Failure } from '../exchange/failure.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import { modelOf, type ResponseOrigin } from '../exchange/response.ts'
import type { JsonBody } from '../exchange/wire-body.ts'
import { defined } from '../kit/defined.ts'
import { readString, type JsonObject } from '../kit/json.ts'
import { spliceJson } from '../kit/json-splice.ts'
import { LIMITS } from '../kit/limits.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'
import type { BodyHold } from './body-budget.ts'
import type { EndpointMatch } from './endpoints.ts'
import type { IncomingRequest } from './incoming-request.ts'
import type { LargeTurns, Steps } from './large-turns.ts'
import { parseBody, parseSteps, type ParsedBody } from './parse-body.ts'

/** What the bytes of a request are held and understood with. */
export interface RequestMemory {
  readonly hold: BodyHold
  readonly large: LargeTurns
  /** Whose turn it is when the request is large. */
  readonly owner: string
}

/** A request that came, for whoever reads what it says of stored answers. */
interface Came {
  readonly incoming: IncomingRequest
  readonly match: EndpointMatch
  readonly memory: RequestMemory
}

/** What a request says beside its body. */
export function headOf(
  { destination, request }: IncomingRequest,
  { endpoint, params }: EndpointMatch,
): RequestHead {
  return { endpoint, params, query: destination.query, headers: request.headers }
}

/** What a request says of stored answers; undefined where its codec has none, or it wants neither to go on from one nor its own stored. */
export function readConversationState(came: Came, body: ClientBody): ConversationState | undefined {
  const { stored } = came.match.codec
  if (stored === undefined || body.form !== 'json') return undefined
  const { previousId, store } = stored.read(body.json, came.match.endpoint)
  if (previousId === undefined && store === 'no') return undefined
  return new ClientState(
    { ...came, stored, body: { bytes: body.bytes, scan: body.scan, form: 'json' } },
    { previousId, store },
  )
}

interface Parts extends Came {
  readonly stored: StoredAnswers
  readonly body: JsonBody
}

class ClientState implements ConversationState {
  readonly previousId: string | undefined
  readonly store: ConversationState['store']
  readonly #parts: Parts

  constructor(parts: Parts, { previousId, store }: Pick<ConversationState, 'previousId' | 'store'>) {
    this.previousId = previousId
    this.store = store
    this.#parts = parts
  }

  resume(before: readonly StoredTexts[]): MaybePromise<ModelRequest> {
    const { stored, body, memory } = this.#parts
    const { hold, large, owner } = memory
    const bytes = spliceJson(body.bytes, stored.resume(body, before), body.scan)
    if (bytes.length > LIMITS.requestBodyBytes) throw new Failure('conversation-too-long')
    hold.take(bytes.length)
    if (bytes.length > LIMITS.largeBodyBytes) return large.take(owner, this.#readInSteps(bytes))
    return this.#read(understood(() => parseBody(bytes)))
  }

  *#readInSteps(bytes: Uint8Array): Steps<ModelRequest> {
    const steps = parseSteps(bytes)
    for (;;) {
      const step = understood(() => steps.next())
      if (step.done === true) return this.#read(step.value)
      yield
    }
  }

  /** As if the client had sent everything itself. */
  #read(body: ParsedBody): ModelRequest {
    const { incoming, match } = this.#parts
    return match.codec.decodeRequest(body, headOf(incoming, match)).request
  }

  textsOf(ended: EndedAnswer): AnswerToStore | undefined {
    const { stored, body } = this.#parts
    const { passed, failure } = ended
    const answer = passed === undefined ? this.#written(ended) : stored.answerIn(passed)
    if (answer === undefined) return undefined
    const whole = failure === undefined ? answer : stored.broken(answer, failure)
    return {
      id: readString(answer, 'id') ?? '',
      input: stored.inputOf(body),
      answer: JSON.stringify(whole),
      isHeld: passed !== undefined && answer['store'] === true && this.#isKeptBy(ended.from),
    }
  }

  /** The answer as the client got it: in the dialect's words, with the same ids. */
  #written({ requestId, startedAtMs, request, from, content, shownId }: EndedAnswer): JsonObject {
    const { match } = this.#parts
    const encoder = match.codec.encodeResponse({
      request,
      requestId,
      model: modelOf(from),
      createdMs: startedAtMs,
      estimatedInputTokens: 0,
      state: { previousId: this.previousId, isStored: true },
      notice: () => {},
      ...defined({ shownId }),
    })
    return encoder.unary(content.result())
  }

  /** Does the provider say of itself that it stores answers of this dialect? */
  #isKeptBy(from: ResponseOrigin): boolean {
    const { match, stored } = this.#parts
    if (from.kind !== 'provider') return false
    const spoken = from.target.spoken.find(({ dialect }) => dialect === match.dialect.name)
    return spoken?.quirks.keeps?.includes(stored.field) === true
  }
}

/** All that was said was understood before, each part by itself; only together it may be too much. */
function understood<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (thrown) {
    throw new Failure('conversation-too-long', { cause: thrown })
  }
}
