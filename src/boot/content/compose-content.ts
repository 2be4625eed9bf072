import type { Dialect } from '../../dialects/dialect.ts'
import type { FailedAttempt } from '../../exchange/content-record.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Operation, ResultOf } from '../../exchange/operations/all.ts'
import { maskJson, maskObject } from '../../guardrails/mask-json.ts'
import type { FoundCounts, MaskText } from '../../guardrails/mask.ts'
import { isObject, readArray, type Json, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { clipText } from '../../kit/plain-text.ts'
import type { EndedContent } from '../../policies/request/keep-content.ts'
import { compareSent } from './compare-sent.ts'
import { blockJson } from './plain-content.ts'
import { toldRequest } from './told-request.ts'

/** What content is put in order with. */
export interface ComposeParts {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly mask: MaskText
}

/** The form that it is kept in; a further one gets a further number. */
const VERSION = 1

/** Puts what was said in a request in the order in which it is kept, as JSON text. In steps, between which others have their turn. */
export function* composeContent(
  { exchange, record }: EndedContent,
  { dialects, mask }: ComposeParts,
): Generator<void, string> {
  const { trail, dialect, request } = exchange
  const sent = record.sentBy(trail.servedAttemptId)
  const said: Record<string, Json> = { request: yield* toldRequest(request) }
  yield
  if (sent !== undefined) said['upstream'] = compareSent(exchange, sent, dialects)
  yield
  const answer = record.answer()
  if (answer !== undefined) said['answer'] = answerJson(answer, record.isCut)
  if (trail.endedBy !== undefined) said['ended_by'] = failureJson(trail.endedBy)
  said['failed_attempts'] = record.failed.map(failedJson)
  const head = { v: VERSION, keep: record.keep, dialect, operation: request.operation }
  if (record.keep === 'full') return JSON.stringify({ ...head, ...said })
  const counts: FoundCounts = {}
  const masked: Record<string, Json> = {}
  for (const [name, value] of Object.entries(said)) masked[name] = yield* maskInSteps(value, mask, counts)
  return JSON.stringify({ ...head, ...masked, masked: counts })
}

/** Masks a part; of a request, turn by turn. */
function* maskInSteps(value: Json, mask: MaskText, counts: FoundCounts): Generator<void, Json> {
  if (!isObject(value) || !('turns' in value)) return maskJson(value, mask, counts)
  const { turns: _turns, ...rest } = value
  const masked: Json[] = []
  for (const turn of readArray(value, 'turns')) {
    masked.push(maskJson(turn, mask, counts))
    yield
  }
  return { ...maskObject(rest, mask, counts), turns: masked }
}

function answerJson(answer: ResultOf<Operation>, isCut: boolean): JsonObject {
  if (!('choices' in answer)) return {}
  const { model, responseId, choices } = answer
  return {
    model,
    response_id: responseId,
    choices: choices.map(({ blocks, finish }) => ({
      blocks: blocks.map(blockJson),
      finish: finish?.reason,
      stop_sequence: finish?.stopSequence,
      explanation: finish?.explanation,
    })),
    ...(isCut ? { is_cut: true } : {}),
  }
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
    body: body === undefined ? undefined : clipText(new TextDecoder().decode(body), ERROR_CHARACTERS),
  }
}

function failureJson({ code, message }: Failure): JsonObject {
  return { code, message: clipText(message, LIMITS.loggedCharacters) }
}
