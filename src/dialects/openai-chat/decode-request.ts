import type { ChatRequest, OutputFormat, ReasoningWish } from '../../exchange/chat.ts'
import type { Bearing } from '../../exchange/bearing.ts'
import type { BoundContent, Extra } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Operation } from '../../exchange/operation.ts'
import { defined } from '../../kit/defined.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import { isArray, readNumber, type Json, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { addBound } from '../bound-content.ts'
import type { DecodedRequest } from '../dialect.ts'
import { toEffort } from '../reasoning-effort.ts'
import { disagreeing, readBillMembers, type NamedLimit } from '../bill-members.ts'
import { unknownMembers } from '../unknown-members.ts'
import { WISHES_FIELD } from '../wishes-field.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeToolChoice, decodeTools, offersFunctions } from './decode-tools.ts'
import {
  arrayField,
  booleanField,
  integerField,
  invalid,
  numberField,
  numberMap,
  objectField,
  requiredString,
  stringField,
  stringMap,
} from './request-fields.ts'
import {
  BOUND_FIELDS,
  BOUND_MESSAGE_FIELDS,
  FAMILY,
  LIMIT_FIELDS,
  OUTPUT_FIELDS,
  REQUEST_FIELDS,
  STREAM_OPTION_FIELDS,
} from './schema.ts'

/**
 * Reads the body of `POST /v1/chat/completions`. Tolerates null for absent, the deprecated function fields and the
 * fields that compatible servers add; keeps what it does not know in `extra`.
 * Throws `Failure('invalid-request', { param })` that names the first field at fault.
 */
export function decodeRequest(body: JsonObject, operation: Operation): DecodedRequest {
  if (operation !== 'chat') throw new Failure('unsupported-feature', { param: 'operation' })
  const wishes = body[WISHES_FIELD]
  const request = decodeChat(body)
  return wishes === undefined ? { request } : { request, wishes }
}

function decodeChat(body: JsonObject): ChatRequest {
  const model = requiredString(body, 'model')
  if (model === '') throw invalid('model', '`model` must not be empty.')
  const messages = arrayField(body, 'messages')
  if (messages === undefined) throw invalid('messages', '`messages` is required.')
  if (messages.length === 0) throw invalid('messages', '`messages` must hold at least one message.')
  const stream = booleanField(body, 'stream') ?? false
  const request: Draft<ChatRequest> = {
    operation: 'chat',
    model,
    turns: decodeMessages(messages),
    stream,
    wantsUsage: false,
  }
  setDefined(request, 'tools', decodeTools(body))
  setDefined(request, 'toolChoice', decodeToolChoice(body))
  setDefined(request, 'parallelToolCalls', booleanField(body, 'parallel_tool_calls'))
  if (offersFunctions(body)) {
    request.legacyCalls = true
    request.parallelToolCalls = false
  }
  setDefined(request, 'reasoning', decodeReasoning(body))
  setDefined(request, 'output', decodeOutput(body))
  decodeParameters(request, body)
  request.wantsUsage = wantsUsage(body)
  const extra = decodeExtra(body)
  setDefined(request, 'extra', extra)
  setDefined(request, 'bound', findBound(request))
  setDefined(request, 'bearing', decodeBearing(body, request, extra?.[FAMILY]))
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
  const isOne = !hasValue(body, preferred) || !hasValue(body, deprecated)
  if (isOne && limits.length === 0) return bearing
  const known: NamedLimit[] = []
  for (const path of LIMIT_FIELDS) {
    const tokens = readNumber(body, path)
    if (tokens !== undefined) known.push({ path, tokens })
  }
  const pair = disagreeing([...known, ...limits])
  if (pair === undefined) return bearing
  const [one, other] = pair
  throw invalid(other, `\`${one}\` and \`${other}\` limit the same and disagree. Send one of them.`)
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

function decodeParameters(request: Draft<ChatRequest>, body: JsonObject): void {
  const [preferred, deprecated] = LIMIT_FIELDS
  const limit = integerField(body, preferred, 1) ?? integerField(body, deprecated, 1)
  setDefined(request, 'maxOutputTokens', limit)
  setDefined(request, 'temperature', numberField(body, 'temperature'))
  setDefined(request, 'topP', numberField(body, 'top_p'))
  setDefined(request, 'topK', decodeTopK(body))
  setDefined(request, 'presencePenalty', numberField(body, 'presence_penalty'))
  setDefined(request, 'frequencyPenalty', numberField(body, 'frequency_penalty'))
  setDefined(request, 'stop', decodeStop(body['stop']))
  setDefined(request, 'seed', numberField(body, 'seed'))
  setDefined(request, 'choices', decodeChoices(body))
  setDefined(request, 'logprobs', decodeLogprobs(body))
  setDefined(request, 'logitBias', numberMap(body, 'logit_bias'))
  setDefined(request, 'verbosity', stringField(body, 'verbosity'))
  setDefined(request, 'cacheKey', stringField(body, 'prompt_cache_key'))
  setDefined(request, 'serviceTier', stringField(body, 'service_tier'))
  setDefined(request, 'user', stringField(body, 'user'))
  setDefined(request, 'metadata', stringMap(body, 'metadata'))
}

/** Not a field of OpenAI, but of most compatible servers; it also stays in `extra`, because only those may get it. */
function decodeTopK(body: JsonObject): number | undefined {
  const topK = readNumber(body, 'top_k')
  return topK !== undefined && topK >= 1 ? topK : undefined
}

function decodeStop(stop: Json | undefined): readonly string[] | undefined {
  if (stop === undefined || stop === null) return undefined
  const list = isArray(stop) ? stop : [stop]
  return list.map((entry) => {
    if (typeof entry !== 'string') throw invalid('stop', '`stop` must be a string or an array of strings.')
    return entry
  })
}

function decodeChoices(body: JsonObject): number | undefined {
  const choices = integerField(body, 'n', 1)
  if (choices !== undefined && choices > LIMITS.choices) {
    throw invalid('n', `\`n\` must be at most ${LIMITS.choices}.`)
  }
  return choices
}

function decodeLogprobs(body: JsonObject): ChatRequest['logprobs'] {
  const wanted = booleanField(body, 'logprobs')
  const top = integerField(body, 'top_logprobs', 0)
  if (wanted !== true) return undefined
  return top === undefined ? {} : { top }
}

function decodeReasoning(body: JsonObject): ReasoningWish | undefined {
  const word = stringField(body, 'reasoning_effort')
  if (word === undefined) return undefined
  const effort = toEffort(word)
  return effort === undefined ? undefined : { effort }
}

function decodeOutput(body: JsonObject): OutputFormat | undefined {
  const format = objectField(body, 'response_format')
  if (format === undefined) return undefined
  const type = requiredString(format, 'type', 'response_format')
  if (type === 'text') return { type: 'text' }
  if (type === 'json_object') return { type: 'json' }
  if (type !== 'json_schema') return undefined
  const path = 'response_format.json_schema'
  const held = objectField(format, 'json_schema', 'response_format')
  const schema = held === undefined ? undefined : objectField(held, 'schema', path)
  if (held === undefined || schema === undefined)
    throw invalid(`${path}.schema`, `\`${path}.schema\` is required.`)
  return {
    type: 'json-schema',
    schema,
    ...defined({
      name: stringField(held, 'name', path),
      description: stringField(held, 'description', path),
      strict: booleanField(held, 'strict', path),
    }),
  }
}

function wantsUsage(body: JsonObject): boolean {
  const options = objectField(body, 'stream_options')
  return options !== undefined && booleanField(options, 'include_usage', 'stream_options') === true
}

/**
 * Unknown fields of the body, unknown values of two known ones, and unknown members of `stream_options` and
 * `response_format` below their own names.
 */
function decodeExtra(body: JsonObject): Extra | undefined {
  const options = objectField(body, 'stream_options')
  const further = options === undefined ? undefined : unknownMembers(options, STREAM_OPTION_FIELDS)
  const members = unknownMembers(body, REQUEST_FIELDS)
  const effort =
    hasValue(body, 'reasoning_effort') && decodeReasoning(body) === undefined
      ? body['reasoning_effort']
      : undefined
  const format = decodeFormatExtra(body)
  const isOdd = further !== undefined || effort !== undefined || format !== undefined
  if (!isOdd) return members === undefined ? undefined : { [FAMILY]: members }
  const values = defined({ stream_options: further, reasoning_effort: effort, response_format: format })
  return { [FAMILY]: { ...members, ...values } }
}

/** A format that is unknown as a whole, or what servers add to a known one: some take a schema beside `json_object`. */
function decodeFormatExtra(body: JsonObject): JsonObject | undefined {
  const format = objectField(body, 'response_format')
  if (format === undefined) return undefined
  return decodeOutput(body) === undefined ? format : unknownMembers(format, OUTPUT_FIELDS)
}

function hasValue(body: JsonObject, key: string): boolean {
  return body[key] !== undefined && body[key] !== null
}
