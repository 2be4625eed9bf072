import type { ChatRequest, OutputFormat } from '../../exchange/chat.ts'
import type { JsonObject } from '../../kit/json.ts'
import { effortOf } from '../reasoning-effort.ts'
import type { Encoding } from './encode-context.ts'
import { DEFAULT_SCHEMA_NAME, FAMILY, SERVICE_TIERS, STOP_SEQUENCES } from './schema.ts'

/** Encodes everything that is neither message nor tool. Says nothing that the request does not say. */
export function encodeParameters(request: ChatRequest, encoding: Encoding): JsonObject {
  return {
    ...encodeLimit(request, encoding),
    ...encodeSampling(request, encoding),
    ...encodeStop(request, encoding),
    ...encodeReasoningWish(request, encoding),
    ...encodeOutput(request.output, encoding),
    ...encodeRest(request, encoding),
  }
}

function encodeLimit(
  { maxOutputTokens }: ChatRequest,
  { quirks, capabilities, notice }: Encoding,
): JsonObject {
  if (maxOutputTokens === undefined) return {}
  const most = capabilities.maxOutputTokens ?? maxOutputTokens
  if (maxOutputTokens > most) notice('max-tokens.clamped', 'max_tokens')
  return { [quirks.maxTokensParam ?? 'max_completion_tokens']: Math.min(maxOutputTokens, most) }
}

function encodeSampling(request: ChatRequest, { quirks, capabilities, notice }: Encoding): JsonObject {
  const wanted: Record<string, number | boolean | undefined> = {
    temperature: clamp(request.temperature, quirks.maxTemperature, () =>
      notice('param.clamped', 'temperature'),
    ),
    top_p: request.topP,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    logprobs: request.logprobs === undefined ? undefined : true,
    top_logprobs: request.logprobs?.top,
  }
  const sampling: Record<string, number | boolean> = {}
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined) continue
    if (capabilities.sampling === false) notice('param.dropped', name)
    else sampling[name] = value
  }
  return sampling
}

function clamp(value: number | undefined, most: number | undefined, onClamp: () => void): number | undefined {
  if (value === undefined || most === undefined || value <= most) return value
  onClamp()
  return most
}

function encodeStop({ stop }: ChatRequest, { quirks, notice }: Encoding): JsonObject {
  if (stop === undefined || stop.length === 0) return {}
  const most = quirks.maxStops ?? STOP_SEQUENCES
  if (stop.length > most) notice('param.clamped', 'stop')
  return { stop: stop.slice(0, most) }
}

function encodeReasoningWish(
  { reasoning }: ChatRequest,
  { quirks, capabilities, notice }: Encoding,
): JsonObject {
  if (reasoning === undefined) return {}
  const effort = effortOf(reasoning)
  const style = capabilities.reasoning === 'none' ? 'none' : (quirks.reasoningParam ?? 'reasoning_effort')
  if (style === 'none') {
    if (effort !== 'none') notice('param.dropped', 'reasoning_effort')
    return {}
  }
  if (style === 'thinking-type') {
    if (effort !== undefined && effort !== 'none' && reasoning.mode === undefined) {
      notice('param.clamped', 'reasoning_effort')
    }
    return { thinking: { type: effort === 'none' ? 'disabled' : 'enabled' } }
  }
  if (effort === undefined) return {}
  if (reasoning.effort === undefined && reasoning.mode !== 'off')
    notice('param.renamed', 'reasoning.budget_tokens')
  return { reasoning_effort: effort }
}

/** How structured output is asked for: by schema, as any JSON object, or only in words. */
function structuredOutputOf({ quirks, capabilities }: Encoding): 'json-schema' | 'json-object' | 'none' {
  if (quirks.structuredOutput !== undefined) return quirks.structuredOutput
  return capabilities.jsonSchema === false ? 'json-object' : 'json-schema'
}

function encodeOutput(output: OutputFormat | undefined, encoding: Encoding): JsonObject {
  if (output === undefined) return {}
  if (output.type === 'text') return { response_format: { type: 'text' } }
  const means = structuredOutputOf(encoding)
  if (means === 'none') {
    encoding.notice(output.type === 'json' ? 'schema.emulated' : 'schema.unenforced', 'response_format')
    return {}
  }
  if (output.type === 'json') return { response_format: { type: 'json_object' } }
  if (means === 'json-object') {
    encoding.notice('schema.unenforced', 'response_format')
    return { response_format: { type: 'json_object' } }
  }
  const { name, schema, description, strict } = output
  return {
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: name ?? DEFAULT_SCHEMA_NAME,
        ...(description === undefined ? {} : { description }),
        schema,
        ...(strict === undefined ? {} : { strict }),
      },
    },
  }
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
  if (means === 'json-schema') return undefined
  return `Answer with one JSON object and nothing else. It must match this JSON Schema:\n${JSON.stringify(output.schema)}`
}

function encodeRest(request: ChatRequest, { notice }: Encoding): JsonObject {
  const { serviceTier, topK, extra } = request
  if (request.cache !== undefined) notice('cache.hint-dropped')
  // Not a field of the reference: it goes only where the client itself wrote it, as an unknown field.
  if (topK !== undefined && extra?.[FAMILY]?.['top_k'] === undefined) notice('param.dropped', 'top_k')
  const knowsTier = serviceTier === undefined || SERVICE_TIERS.has(serviceTier)
  if (!knowsTier) notice('param.dropped', 'service_tier')
  const rest: Record<string, JsonObject[string]> = {
    seed: request.seed,
    n: request.choices,
    logit_bias: request.logitBias,
    verbosity: request.verbosity,
    prompt_cache_key: request.cacheKey,
    service_tier: knowsTier ? serviceTier : undefined,
    user: request.user,
    metadata: request.metadata,
  }
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
}
