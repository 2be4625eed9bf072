import type { AttemptResult } from '../../exchange/attempt-result.ts'
import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { formatUsd } from '../../kit/money.ts'
import type { EndedRequest } from '../ended-request.ts'
import type { Attributes } from './otlp-json.ts'
import type { SpanExtras } from './request-spans.ts'

/** Where Langfuse takes OTLP, below its address. */
export const LANGFUSE_PATH = '/api/public/otel'

/** Attributes that Langfuse reads beside those of the conventions (langfuse.com/integrations/native/opentelemetry). */
export const LANGFUSE: SpanExtras = {
  request: (request) => ({ ...traceAttributes(request), ...levelOf(request.outcome) }),
  attempt: (request, attempt) => ({ ...traceAttributes(request), ...attemptAttributes(request, attempt) }),
}

/** What holds for the whole trace stands on each of its spans, so that any of them is found by it. */
function traceAttributes(request: EndedRequest): Attributes {
  const { owners, tags, session } = request
  return {
    'langfuse.trace.name': request.route ?? request.requestedModel,
    'langfuse.trace.tags': tags.length === 0 ? undefined : tags,
    'langfuse.trace.metadata.request_id': request.id,
    'langfuse.trace.metadata.project': owners['project'],
    'session.id': session,
    'user.id': owners['user'] ?? owners['customer'],
  }
}

function attemptAttributes({ atMs }: EndedRequest, attempt: AttemptResult): Attributes {
  const { target, usage, costNanoUsd, simulated, startedMs, firstEventMs } = attempt
  return {
    'langfuse.observation.type': 'generation',
    'langfuse.observation.model.name': target.slice(target.indexOf('/') + 1),
    'langfuse.observation.usage_details':
      usage === undefined ? undefined : JSON.stringify(usageDetails(usage)),
    // Invented money is nobody's cost.
    'langfuse.observation.cost_details':
      costNanoUsd === undefined || simulated ? undefined : `{"total":${formatUsd(costNanoUsd)}}`,
    'langfuse.observation.completion_start_time':
      firstEventMs === undefined ? undefined : JSON.stringify(new Date(atMs + startedMs + firstEventMs)),
    ...levelOf(attempt.outcome),
  }
}

function levelOf(outcome: string): Attributes {
  if (outcome === 'ok') return {}
  const level = outcome === 'cancelled' || outcome === 'outrun' ? 'WARNING' : 'ERROR'
  return { 'langfuse.observation.level': level, 'langfuse.observation.status_message': outcome }
}

/** Langfuse adds up what begins with `input` and what begins with `output`, so the parts are told and not their sums. */
function usageDetails(usage: Usage): Readonly<Record<string, number>> {
  const { cacheReadTokens, reasoningTokens } = usage
  const written = usage.cacheWriteTokens + usage.cacheWriteLongTokens
  const input = totalInput(usage)
  const output = totalOutput(usage)
  return {
    input: input - cacheReadTokens - written,
    ...(cacheReadTokens > 0 ? { input_cached_tokens: cacheReadTokens } : {}),
    ...(written > 0 ? { input_cache_creation: written } : {}),
    output: output - reasoningTokens,
    ...(reasoningTokens > 0 ? { output_reasoning_tokens: reasoningTokens } : {}),
    total: input + output,
  }
}
