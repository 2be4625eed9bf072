import type { ChatRequest, OutputFormat, ReasoningWish } from '../../exchange/chat.ts'
import type { Quirks } from '../../exchange/target.ts'
import { defined } from '../../kit/defined.ts'
import { readObject, type Json, type JsonObject } from '../../kit/json.ts'
import { effortOf, nearestEffort } from '../reasoning-effort.ts'
import { isPlainSampling, takesSampling } from '../sampling.ts'
import { toWireUser } from '../user-id.ts'
import type { Encoding, RequestFields } from './encode-context.ts'
import { unsupported } from './encode-parts.ts'
import { DEFAULT_SCHEMA_NAME, FAMILY, SERVICE_TIERS, STOP_SEQUENCES, USER_CHARACTERS } from './schema.ts'

/** Writes everything that is neither message nor tool. Says nothing that the request does not say. */
export function encodeParameters(body: RequestFields, request: ChatRequest, encoding: Encoding): void {
  encodeLimit(body, request, encoding)
  encodeSampling(body, request, encoding)
  encodeStop(body, request, encoding)
  if (!mayNotReason(body, request, encoding)) encodeReasoningWish(body, request, encoding)
  encodeOutput(body, request.output, encoding)
  encodeRest(body, request, encoding)
}

function encodeLimit(body: RequestFields, { maxOutputTokens }: ChatRequest, encoding: Encoding): void {
  if (maxOutputTokens === undefined) return
  if (maxOutputTokens === 0) throw unsupported('max_tokens', 'The provider gives no answers without output.')
  const { quirks, capabilities, notice } = encoding
  const most = capabilities.maxOutputTokens ?? maxOutputTokens
  if (maxOutputTokens > most) notice('max-tokens.clamped', 'max_tokens')
  body[quirks.maxTokensParam ?? 'max_completion_tokens'] = Math.min(maxOutputTokens, most)
}

function encodeSampling(body: RequestFields, request: ChatRequest, encoding: Encoding): void {
  const sampling: RequestFields = takesSampling(request, encoding.capabilities) ? body : {}
  say(sampling, 'temperature', clampTemperature(request.temperature, encoding))
  say(sampling, 'top_p', request.topP)
  say(sampling, 'presence_penalty', request.presencePenalty)
  say(sampling, 'frequency_penalty', request.frequencyPenalty)
  if (request.logprobs !== undefined) {
    say(sampling, 'logprobs', true)
    say(sampling, 'top_logprobs', request.logprobs.top)
  }
  // What was said aside is what the model does not take.
  if (sampling === body) return
  for (const [name, value = null] of Object.entries(sampling)) {
    if (!isPlainSampling(name, value)) encoding.notice('param.dropped', name)
  }
}

function say(body: RequestFields, name: string, value: Json | undefined): void {
  if (value !== undefined) body[name] = value
}

function clampTemperature(value: number | undefined, { quirks, notice }: Encoding): number | undefined {
  const most = quirks.maxTemperature
  if (value === undefined || most === undefined || value <= most) return value
  notice('param.clamped', 'temperature')
  return most
}

function encodeStop(body: RequestFields, { stop }: ChatRequest, { quirks, notice }: Encoding): void {
  if (stop === undefined || stop.length === 0) return
  const most = quirks.maxStops ?? STOP_SEQUENCES
  if (stop.length > most) notice('param.clamped', 'stop')
  body['stop'] = stop.slice(0, most)
}

function encodeReasoningWish(body: RequestFields, { reasoning }: ChatRequest, encoding: Encoding): void {
  if (reasoning === undefined) return
  const { quirks, capabilities, notice } = encoding
  noteUnsayable(reasoning, encoding)
  const effort = effortOf(reasoning)
  const style = capabilities.reasoning === 'none' ? 'none' : (quirks.reasoningParam ?? 'reasoning_effort')
  if (style === 'none') {
    if (effort !== 'none') notice('param.dropped', 'reasoning_effort')
    return
  }
  if (style === 'thinking-type') {
    if (effort !== undefined && effort !== 'none' && reasoning.mode === undefined) {
      notice('param.clamped', 'reasoning_effort')
    }
    body['thinking'] = { type: effort === 'none' ? 'disabled' : 'enabled' }
    return
  }
  if (effort === undefined) return
  if (reasoning.effort === undefined && reasoning.mode !== 'off')
    notice('param.renamed', 'reasoning.budget_tokens')
  const known = nearestEffort(effort, capabilities.efforts)
  if (known !== effort) notice('param.clamped', 'reasoning_effort')
  body['reasoning_effort'] = known
}

/** Some models take no effort by name beside tools, or tools only when they do not reason. */
function mayNotReason(body: RequestFields, { reasoning }: ChatRequest, encoding: Encoding): boolean {
  const { effortBesideTools = 'any' } = encoding.capabilities
  if (effortBesideTools === 'any' || body['tools'] === undefined) return false
  const wanted = reasoning === undefined ? undefined : effortOf(reasoning)
  if (wanted !== undefined && wanted !== 'none') encoding.notice('param.dropped', 'reasoning_effort')
  if (effortBesideTools === 'none') body['reasoning_effort'] = 'none'
  return true
}

/** A model is told how much to reason, not to decide by itself, and what it shows of that is not up to the client. */
function noteUnsayable({ mode, show }: ReasoningWish, { notice }: Encoding): void {
  if (show !== undefined) notice('param.dropped', 'reasoning.show')
  if (mode === 'adaptive') notice('reasoning.adaptive', 'reasoning.mode')
}

/** How structured output is asked for: by schema, as any JSON object, or only in words. */
function structuredOutputOf({ quirks, capabilities }: Encoding): NonNullable<Quirks['structuredOutput']> {
  if (quirks.structuredOutput !== undefined) return quirks.structuredOutput
  return capabilities.jsonSchema === false ? 'json-object' : 'json-schema'
}

function encodeOutput(body: RequestFields, output: OutputFormat | undefined, encoding: Encoding): void {
  if (output === undefined) return
  const format = formatOf(output, encoding)
  if (format === undefined) delete body['response_format']
  else body['response_format'] = { ...readObject(body, 'response_format'), ...format }
}

function formatOf(output: OutputFormat, encoding: Encoding): JsonObject | undefined {
  if (output.type === 'text') return { type: 'text' }
  const means = structuredOutputOf(encoding)
  if (means === 'none') {
    encoding.notice(output.type === 'json' ? 'schema.emulated' : 'schema.unenforced', 'response_format')
    return undefined
  }
  if (output.type === 'json') return anyObject(means, encoding)
  if (means === 'json-object') {
    encoding.notice('schema.unenforced', 'response_format')
    return { type: 'json_object' }
  }
  return schemaFormat(output)
}

function schemaFormat(output: Extract<OutputFormat, { type: 'json-schema' }>): JsonObject {
  const { name = DEFAULT_SCHEMA_NAME, schema, description, strict } = output
  return { type: 'json_schema', json_schema: defined({ name, description, schema, strict }) }
}

/** Any JSON object: a type of its own, or the schema of one. */
function anyObject(means: Quirks['structuredOutput'], { notice }: Encoding): JsonObject {
  if (means !== 'json-schema-only') return { type: 'json_object' }
  notice('schema.emulated', 'response_format')
  return schemaFormat({ type: 'json-schema', schema: { type: 'object' } })
}

/**
 * The instruction that stands in for structured output where the target cannot enforce it, or undefined. Constant for
 * a schema, so that it does not disturb prompt caches.
 */
export function outputInstruction(output: OutputFormat | undefined, encoding: Encoding): string | undefined {
  if (output === undefined || output.type === 'text') return undefined
  const means = structuredOutputOf(encoding)
  if (output.type === 'json')
    return means === 'none' ? 'Answer with one JSON object and nothing else.' : undefined
  if (means === 'json-schema' || means === 'json-schema-only') return undefined
  return `Answer with one JSON object and nothing else. It must match this JSON Schema:\n${JSON.stringify(output.schema)}`
}

function encodeRest(body: RequestFields, request: ChatRequest, { quirks, notice }: Encoding): void {
  const { serviceTier, topK, user, extra } = request
  if (request.cache !== undefined) notice('cache.hint-dropped')
  // Not a field of the reference: it goes only where the client itself wrote it, as an unknown field.
  if (topK !== undefined && extra?.[FAMILY]?.['top_k'] === undefined) notice('param.dropped', 'top_k')
  const knowsTier = serviceTier === undefined || SERVICE_TIERS.has(serviceTier)
  if (!knowsTier) notice('param.dropped', 'service_tier')
  say(body, 'seed', request.seed)
  say(body, 'n', request.choices)
  say(body, 'logit_bias', request.logitBias)
  say(body, 'verbosity', request.verbosity)
  say(body, 'prompt_cache_key', request.cacheKey)
  say(body, 'service_tier', knowsTier ? serviceTier : undefined)
  if (user !== undefined) body['user'] = toWireUser(user, quirks.maxUserCharacters ?? USER_CHARACTERS, notice)
  say(body, 'metadata', request.metadata)
}
