import type { ChatRequest } from '../../exchange/chat.ts'
import type { Bearing } from '../../exchange/bearing.ts'
import type { BoundContent } from '../../exchange/content.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import { readNumber, type JsonObject } from '../../kit/json.ts'
import { addBound } from '../bound-content.ts'
import type { DecodedRequest } from '../dialect.ts'
import { disagreeing, readBillMembers, type NamedLimit } from '../bill-members.ts'
import { isAbsent } from '../fields.ts'
import { WISHES_FIELD } from '../wishes-field.ts'
import { decodeMessages } from './decode-messages.ts'
import { offersFunctions } from './decode-tools.ts'
import { PARAMETERS, readWantsUsage } from './parameters.ts'
import { BOUND_FIELDS, BOUND_MESSAGE_FIELDS, FAMILY, FIELDS, LIMIT_FIELDS } from './schema.ts'

/**
 * Reads the body of `POST /v1/chat/completions`. Tolerates null for absent, the deprecated function fields and the
 * fields that compatible servers add; keeps what it does not know in `extra`.
 * Throws `Failure('invalid-request', { param })` that names the first field at fault.
 */
export function decodeRequest(body: JsonObject): DecodedRequest<'chat'> {
  const wishes = body[WISHES_FIELD]
  const request = decodeChat(body)
  return wishes === undefined ? { request } : { request, wishes }
}

function decodeChat(body: JsonObject): ChatRequest {
  const model = FIELDS.requiredText(body, 'model')
  if (model === '') FIELDS.refuse('model', 'must not be empty')
  const messages = FIELDS.array(body, 'messages') ?? FIELDS.refuseAbsent('messages')
  if (messages.length === 0) FIELDS.refuse('messages', 'must hold at least one message')
  const request: Draft<ChatRequest> = {
    operation: 'chat',
    model,
    turns: decodeMessages(messages),
    stream: false,
    wantsUsage: readWantsUsage(body),
  }
  const unknown = PARAMETERS.read(request, body)
  if (offersFunctions(body)) {
    request.legacyCalls = true
    request.parallelToolCalls = false
  }
  if (unknown !== undefined) request.extra = { [FAMILY]: unknown }
  setDefined(request, 'bound', findBound(request))
  setDefined(request, 'bearing', decodeBearing(body, request, unknown))
  return request
}

/**
 * What bears on the bill beside the fields that are understood. Which of two limits a server obeys nobody knows, so they must
 * agree; OpenAI itself refuses both at once.
 */
function decodeBearing(
  body: JsonObject,
  request: ChatRequest,
  unknown: JsonObject | undefined,
): Bearing | undefined {
  const { bearing, limits } = readBillMembers(unknown, request)
  const [preferred, deprecated] = LIMIT_FIELDS
  const isOne = isAbsent(body[preferred]) || isAbsent(body[deprecated])
  if (isOne && limits.length === 0) return bearing
  const known: NamedLimit[] = []
  for (const path of LIMIT_FIELDS) {
    const tokens = readNumber(body, path)
    if (tokens !== undefined) known.push({ path, tokens })
  }
  const pair = disagreeing([...known, ...limits])
  if (pair === undefined) return bearing
  const [one, other] = pair
  return FIELDS.refuse(other, `and \`${one}\` limit the same and disagree; send one of them`)
}

/** Content beside the messages, and in messages beside their content. */
function findBound({ extra, turns }: ChatRequest): readonly BoundContent[] | undefined {
  let bound = addBound(undefined, extra?.[FAMILY], { family: FAMILY, fields: BOUND_FIELDS })
  for (const turn of turns) {
    const unknown = turn.extra?.[FAMILY]
    bound = addBound(bound, unknown, { family: FAMILY, fields: BOUND_MESSAGE_FIELDS, within: turn.at })
  }
  return bound
}
