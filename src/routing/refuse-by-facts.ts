import type { FilterReason } from '../exchange/filter-reasons.ts'
import type { RequestFeatures } from '../exchange/features.ts'
import type { Capabilities } from '../exchange/target.ts'

/** Why a target may not be asked. */
export interface Refusal {
  readonly reason: FilterReason
  readonly detail?: string
  /** Milliseconds until the refusal ends by itself. */
  readonly restMs?: number
}

/** What the request asks for and the model is known not to take or give. */
export function refuseByCapability(
  capabilities: Capabilities,
  features: RequestFeatures,
): Refusal | undefined {
  if (features.tools && capabilities.tools === false) return { reason: 'lacks-tools' }
  if (features.vision && capabilities.vision === false) return { reason: 'lacks-vision' }
  if (features.documents && capabilities.documents === false) return { reason: 'lacks-documents' }
  if (features.audio && capabilities.audioInput === false) return { reason: 'lacks-audio' }
  if (features.speech && capabilities.audioOutput === false) return { reason: 'lacks-speech' }
  if (features.jsonSchema && capabilities.jsonSchema === false) return { reason: 'lacks-json-schema' }
  return undefined
}

/** What does not fit, by the estimate. */
export function refuseByContext(
  { contextTokens = Infinity, maxInputTokens = Infinity, maxOutputTokens: longest = Infinity }: Capabilities,
  { inputTokens, atOnceTokens = inputTokens, maxOutputTokens = 0 }: RequestFeatures,
): Refusal | undefined {
  // A longer limit than the model's is shortened on the way there.
  const needed = atOnceTokens + Math.min(maxOutputTokens, longest)
  if (needed > contextTokens) return tooSmall(needed, contextTokens)
  return atOnceTokens > maxInputTokens ? tooSmall(atOnceTokens, maxInputTokens) : undefined
}

function tooSmall(needed: number, has: number): Refusal {
  return { reason: 'context-too-small', detail: `needs ${needed}, has ${has}` }
}
