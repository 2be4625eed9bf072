import type { ChatRequest, OutputFormat, ReasoningWish } from '../../exchange/chat.ts'
import { setDefined, type Draft } from '../../kit/draft.ts'
import { readObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { toEffort } from '../reasoning-effort.ts'
import { unknownMembers } from '../unknown-members.ts'
import {
  optionalArray,
  optionalCount,
  optionalNumber,
  optionalObject,
  optionalString,
  readCacheMark,
  refuse,
} from './read-fields.ts'

/**
 * Reads everything of a request that is neither conversation nor tools. Gives back what of the objects among it only this
 * family understands.
 */
export function decodeParameters(request: Draft<ChatRequest>, body: JsonObject): JsonObject {
  const rest: Record<string, Json> = {}
  setDefined(request, 'stop', decodeStop(body))
  setDefined(request, 'maxOutputTokens', optionalCount(body, 'max_tokens', ''))
  setDefined(request, 'temperature', optionalNumber(body, 'temperature', ''))
  setDefined(request, 'topP', optionalNumber(body, 'top_p', ''))
  setDefined(request, 'topK', optionalCount(body, 'top_k', ''))
  setDefined(request, 'serviceTier', optionalString(body, 'service_tier', ''))
  setDefined(request, 'reasoning', decodeReasoning(body, rest))
  setDefined(request, 'output', decodeOutput(body))
  setDefined(request, 'cache', readCacheMark(body).cache)
  setDefined(request, 'user', decodeUser(body, rest))
  return rest
}

function decodeStop(body: JsonObject): readonly string[] | undefined {
  const stop = optionalArray(body, 'stop_sequences', '')
  if (stop === undefined || stop.length === 0) return undefined
  return stop.map((sequence, index) =>
    typeof sequence === 'string' ? sequence : refuse(`stop_sequences[${index}]`, 'Input should be a string'),
  )
}

function decodeUser(body: JsonObject, rest: Record<string, Json>): string | undefined {
  const metadata = optionalObject(body, 'metadata', '')
  if (metadata === undefined) return undefined
  const user = optionalString(metadata, 'user_id', 'metadata.')
  keepRest(rest, 'metadata', unknownMembers(metadata, USER_FIELDS))
  return user
}

const USER_FIELDS: ReadonlySet<string> = new Set(['user_id'])
const THINKING_FIELDS: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display'])
const OUTPUT_FIELDS: ReadonlySet<string> = new Set(['effort', 'format'])
const MODES: Readonly<Record<string, NonNullable<ReasoningWish['mode']>>> = {
  enabled: 'on',
  adaptive: 'adaptive',
  disabled: 'off',
}
const SHOWN: Readonly<Record<string, NonNullable<ReasoningWish['show']>>> = {
  summarized: 'summary',
  omitted: 'omitted',
}

/**
 * Reads `thinking` and `output_config.effort`. An effort without `thinking` says how hard to try, not to think; the
 * null kept for the family remembers that nothing was said, so that nothing is switched on towards the same family.
 */
function decodeReasoning(body: JsonObject, rest: Record<string, Json>): ReasoningWish | undefined {
  const thinking = optionalObject(body, 'thinking', '')
  const config = optionalObject(body, 'output_config', '')
  const effort = toEffort(
    config === undefined ? undefined : optionalString(config, 'effort', 'output_config.'),
  )
  if (config !== undefined) {
    keepRest(
      rest,
      'output_config',
      unknownMembers(config, effort === undefined ? FORMAT_FIELD : OUTPUT_FIELDS),
    )
  }
  if (thinking === undefined && effort === undefined) return undefined
  if (thinking === undefined) rest['thinking'] = null
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(thinking === undefined ? {} : decodeThinking(thinking, rest)),
  }
}

const FORMAT_FIELD: ReadonlySet<string> = new Set(['format'])

function decodeThinking(thinking: JsonObject, rest: Record<string, Json>): ReasoningWish {
  const type = optionalString(thinking, 'type', 'thinking.') ?? ''
  const mode = MODES[type]
  const budgetTokens = optionalCount(thinking, 'budget_tokens', 'thinking.')
  const display = optionalString(thinking, 'display', 'thinking.') ?? ''
  const show = SHOWN[display]
  // A kind of thinking that is not known here is kept whole; to other families it is reasoning that is on.
  if (mode === undefined) rest['thinking'] = thinking
  else
    keepRest(rest, 'thinking', unknownMembers(thinking, show === undefined ? BUDGET_FIELDS : THINKING_FIELDS))
  return {
    mode: mode ?? 'on',
    ...(budgetTokens === undefined ? {} : { budgetTokens }),
    ...(show === undefined ? {} : { show }),
  }
}

const BUDGET_FIELDS: ReadonlySet<string> = new Set(['type', 'budget_tokens'])

const NOTHING: JsonObject = {}

/** Reads `output_config.format`, or `output_format`, where betas had it. */
function decodeOutput(body: JsonObject): OutputFormat | undefined {
  const config = readObject(body, 'output_config') ?? NOTHING
  const isNew = readObject(config, 'format') !== undefined
  const format = isNew ? readObject(config, 'format') : readObject(body, 'output_format')
  if (format === undefined) return undefined
  const path = isNew ? 'output_config.format.' : 'output_format.'
  const type = readString(format, 'type')
  if (type !== 'json_schema') return refuse(`${path}type`, "Input should be 'json_schema'")
  const schema = optionalObject(format, 'schema', path)
  if (schema === undefined) return refuse(`${path}schema`, 'Field required')
  return { type: 'json-schema', schema }
}

function keepRest(rest: Record<string, Json>, key: string, left: JsonObject | undefined): void {
  if (left !== undefined) rest[key] = left
}
