import type { Message } from '../../exchange/collect.ts'
import type { FailedAttempt, SentRequest } from '../../exchange/content-record.ts'
import { clientBytes, type Exchange, type RequestPlace } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Operation, ModelRequest, ResultOf } from '../../exchange/operations/all.ts'
import { bodyLength } from '../../exchange/wire-body.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { clipText } from '../../kit/plain-text.ts'
import type { EndedContent } from '../../policies/request/keep-content.ts'
import type { ContentRow } from '../../store/contents.ts'
import type { SpelledJob } from './job-batch.ts'
import { toldRequest } from './told-request.ts'

/** What the thread that puts content in order is told of a request, as JSON. */
export interface ContentJob {
  readonly row: Omit<ContentRow, 'text'>
  readonly dialect: string
  readonly operation: Operation
  /** Where the client's body came, which is to be read again; */
  readonly at: RequestPlace | undefined
  /** or what was asked as the house has it, where there is no such body; */
  readonly request: ModelRequest | undefined
  /** or as it is kept, where it is too large to be written or read at once. */
  readonly told: JsonObject | undefined
  /** What the attempt was sent with that answered, or the last one. */
  readonly sent: (Omit<SentRequest, 'body' | 'isPart'> & { readonly bytes: number }) | undefined
  /** Why that is not to be compared. */
  readonly notCompared: string | undefined
  readonly answer: ToldAnswer | undefined
  readonly isCut: boolean
  readonly endedBy: JsonObject | undefined
  readonly failed: readonly JsonObject[]
}

/** Of an answer in words, what is kept of it; of any other nothing. */
export type ToldAnswer = Partial<Pick<Message, 'model' | 'responseId' | 'choices'>>

/**
 * Spells what was taken down of a request for the thread that puts it in order. In steps where it is large, at once where it is not.
 *
 * @param bytes of the request, at most
 */
export function* spellJob({ exchange, record }: EndedContent, bytes: number): Generator<void, SpelledJob> {
  const { id, startedAtMs, caller, trail, dialect, request, requestOptions } = exchange
  const { customer } = requestOptions
  const sent = record.sentBy(trail.servedAttemptId)
  const told = bytes > LIMITS.largeBodyBytes ? yield* toldRequest(request) : undefined
  const asked = told === undefined ? bodyToRead(exchange) : undefined
  const notCompared = sent && whyNotCompared(exchange, sent)
  const answer = record.answer()
  const job: ContentJob = {
    row: {
      requestId: id,
      atMs: startedAtMs,
      keep: record.keep,
      owners: { ...caller.owners, ...defined({ customer }) },
    },
    dialect,
    operation: request.operation,
    at: asked && { endpoint: asked.at.endpoint, params: asked.at.params },
    request: told === undefined && asked === undefined ? request : undefined,
    told,
    sent: sent && headOf(sent),
    notCompared,
    answer: answer && toldAnswer(answer),
    isCut: record.isCut,
    endedBy: trail.endedBy && failureJson(trail.endedBy),
    failed: record.failed.map(failedJson),
  }
  return {
    job: JSON.stringify(job),
    asked: asked?.bytes,
    sent: notCompared === undefined ? sent?.body : undefined,
  }
}

/** The client's own body, where it is known how to read it again. */
function bodyToRead(exchange: Exchange): { bytes: Uint8Array; at: RequestPlace } | undefined {
  const body = clientBytes(exchange)
  return body?.form === 'json' && body.at !== undefined ? { bytes: body.bytes, at: body.at } : undefined
}

function headOf({ attempt, target, model, dialect, lane, body }: SentRequest): ContentJob['sent'] {
  return { attempt, target, model, dialect, lane, bytes: bytesOf(body) }
}

function bytesOf(body: SentRequest['body']): number {
  return body === undefined ? 0 : Buffer.byteLength(body)
}

function whyNotCompared(exchange: Exchange, { body, isPart }: SentRequest): string | undefined {
  const asked = clientBytes(exchange)
  const askedBytes = asked === undefined ? undefined : bodyLength(asked)
  if (askedBytes === 0 || body === undefined) return 'no-body'
  if (isPart) return 'in-parts'
  return Math.max(bytesOf(body), askedBytes ?? 0) > LIMITS.contentComparedBytes ? 'too-large' : undefined
}

const decoder = new TextDecoder()

function toldAnswer(answer: ResultOf<Operation>): ToldAnswer {
  if (!('choices' in answer)) return {}
  const { model, responseId, choices } = answer
  return defined({ model, responseId, choices })
}

/** Of what a provider says of an error, as much as people read. */
const ERROR_CHARACTERS = 8_000

function failedJson({ attempt, target, failure }: FailedAttempt): JsonObject {
  const { upstream } = failure.details
  const body = upstream?.body
  return {
    attempt,
    target,
    ...failureJson(failure),
    status: upstream?.status,
    body: body === undefined ? undefined : clipText(decoder.decode(body), ERROR_CHARACTERS),
  }
}

function failureJson({ code, message }: Failure): JsonObject {
  return { code, message: clipText(message, LIMITS.loggedCharacters) }
}
