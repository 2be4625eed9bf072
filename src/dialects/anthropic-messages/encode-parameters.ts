import type { ChatRequest } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import { readObject, type Json, type JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import type { RequestContext } from '../dialect.ts'
import { isPlainSampling, takesSampling } from '../sampling.ts'
import { toWireUser } from '../user-id.ts'
import type { ReasoningPlan } from './encode-reasoning.ts'
import { writeOptional, type Members } from './json-text.ts'
import { lowerOutputSchema } from './output-schema.ts'
import { encodeCacheMark } from './request-writer.ts'
import { FAMILY, LEAST_THINKING_TOP_P, MAX_TEMPERATURE, USER_CHARACTERS } from './schema.ts'

const JSON_SENTENCE = 'Answer with one valid JSON object and nothing else.'
const SCHEMA_SENTENCE =
  'Answer with one JSON object that is valid against this JSON Schema, and nothing else:'

/** Parameters that this dialect has no word for, with the names under which clients know them. */
const UNKNOWN_HERE = [
  ['presencePenalty', 'presence_penalty'],
  ['frequencyPenalty', 'frequency_penalty'],
  ['seed', 'seed'],
  ['logprobs', 'logprobs'],
  ['logitBias', 'logit_bias'],
  ['verbosity', 'verbosity'],
  ['metadata', 'metadata'],
] as const satisfies readonly (readonly [keyof ChatRequest, string])[]

/** Refuses several choices and notes every parameter that is lost. Throws `unsupported-feature` naming `n`. */
export function noteLostParameters(chat: ChatRequest, { notice }: RequestContext): void {
  if (chat.choices !== undefined && chat.choices > 1) {
    throw new Failure('unsupported-feature', {
      param: 'n',
      message: 'The chosen model gives one answer per request. Leave out n or choose another model.',
    })
  }
  for (const [field, name] of UNKNOWN_HERE) {
    if (chat[field] !== undefined) notice('param.dropped', name)
  }
  if (chat.cacheKey !== undefined) notice('cache.hint-dropped', 'prompt_cache_key')
}

/** Writes sampling, limits and delivery. */
export function encodeParameters(chat: ChatRequest, context: RequestContext, plan: ReasoningPlan): Members {
  return {
    max_tokens: String(plan.maxTokens),
    ...encodeSampling(chat, context, plan.active),
    stop_sequences: encodeStop(chat, context),
    metadata: encodeMetadata(chat, context),
    service_tier: encodeServiceTier(chat, context),
    stream: chat.stream ? 'true' : undefined,
  }
}

function encodeMetadata(chat: ChatRequest, { quirks, notice }: RequestContext): string | undefined {
  const own = ownObject(chat, 'metadata')
  if (chat.user === undefined) return writeOptional(own)
  const user = toWireUser(chat.user, quirks.maxUserCharacters ?? USER_CHARACTERS, notice)
  return JSON.stringify({ ...own, user_id: user })
}

function encodeSampling(chat: ChatRequest, context: RequestContext, thinking: boolean): Members {
  const { notice } = context
  const sampling = takesSampling(chat, context.capabilities)
  const keep = (name: string, value: number | undefined, allowed: boolean): number | undefined => {
    if (value === undefined || allowed) return value
    if (!isPlainSampling(name, value)) notice('param.dropped', name)
    return undefined
  }
  // With thinking on, the API takes no temperature but 1, no low top_p and no top_k; temperature and top_p exclude each other.
  const temperature = keep('temperature', chat.temperature, sampling && (!thinking || chat.temperature === 1))
  const roomy = !thinking || (chat.topP ?? 1) >= LEAST_THINKING_TOP_P
  const topP = keep('top_p', chat.topP, sampling && roomy && temperature === undefined)
  const topK = keep('top_k', chat.topK, sampling && !thinking)
  return {
    temperature: writeOptional(
      temperature === undefined ? undefined : clampTemperature(temperature, context),
    ),
    top_p: writeOptional(topP),
    top_k: writeOptional(topK),
  }
}

function clampTemperature(temperature: number, { quirks, notice }: RequestContext): number {
  const clamped = Math.min(Math.max(temperature, 0), quirks.maxTemperature ?? MAX_TEMPERATURE)
  if (clamped !== temperature) notice('param.clamped', 'temperature')
  return clamped
}

/** Sequences of white space alone are refused by the API. */
function encodeStop(chat: ChatRequest, { quirks, notice }: RequestContext): string | undefined {
  const { stop } = chat
  if (stop === undefined) return undefined
  const kept = stop.filter((sequence) => !isBlank(sequence)).slice(0, quirks.maxStops ?? stop.length)
  if (kept.length < stop.length) notice('param.dropped', 'stop')
  return kept.length === 0 ? undefined : JSON.stringify(kept)
}

const TIERS: Readonly<Record<string, string>> = {
  auto: 'auto',
  standard_only: 'standard_only',
  default: 'standard_only',
}

function encodeServiceTier(chat: ChatRequest, { notice }: RequestContext): string | undefined {
  if (chat.serviceTier === undefined) return undefined
  const tier = TIERS[chat.serviceTier]
  if (tier === undefined) notice('param.dropped', 'service_tier')
  return writeOptional(tier)
}

/** Writes `thinking`, with what only this family understands of it. */
export function encodeThinking(chat: ChatRequest, plan: ReasoningPlan): string | undefined {
  if (plan.thinking === undefined) return undefined
  return JSON.stringify({ ...plan.thinking, ...ownObject(chat, 'thinking') })
}

/** Structured output as the API does it, or as words in the system prompt. */
export interface EncodedOutput {
  readonly config: string | undefined
  readonly sentences: readonly string[]
}

/** Writes `output_config`: effort and format. */
export function encodeOutput(chat: ChatRequest, context: RequestContext, plan: ReasoningPlan): EncodedOutput {
  const config: Record<string, Json | undefined> = { ...ownObject(chat, 'output_config') }
  const sentences: string[] = []
  if (plan.effort !== undefined) config['effort'] = plan.effort
  const { output } = chat
  if (output?.type === 'json') {
    context.notice('schema.unenforced', 'response_format')
    sentences.push(JSON_SENTENCE)
  }
  if (output?.type === 'json-schema') {
    if (output.description !== undefined)
      context.notice('unknown.dropped', 'response_format.json_schema.description')
    if (takesSchema(context)) config['format'] = encodeFormat(output.schema, context)
    else {
      context.notice('schema.unenforced', 'response_format')
      sentences.push(`${SCHEMA_SENTENCE}\n${JSON.stringify(output.schema)}`)
    }
  }
  return { config: Object.keys(config).length === 0 ? undefined : JSON.stringify(config), sentences }
}

function takesSchema({ capabilities, quirks }: RequestContext): boolean {
  if (capabilities.jsonSchema === false) return false
  return quirks.structuredOutput?.startsWith('json-schema') !== false
}

function encodeFormat(schema: JsonObject, { notice }: RequestContext): JsonObject {
  const lowered = lowerOutputSchema(schema)
  if (lowered.changed) notice('schema.lowered', 'response_format')
  return { type: 'json_schema', schema: lowered.schema }
}

/** The request-wide cache mark. */
export function encodeRequestCache(chat: ChatRequest, { notice }: RequestContext): string | undefined {
  return encodeCacheMark(chat.cache, chat.extra, notice)
}

function ownObject(chat: ChatRequest, key: string): JsonObject | undefined {
  return readObject(chat.extra?.[FAMILY] ?? {}, key)
}
