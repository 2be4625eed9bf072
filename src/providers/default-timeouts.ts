import type { Capabilities, Timeouts } from '../exchange/target.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ProviderDefinition } from './provider.ts'

/** What holds where the operator says nothing, and nothing says that the model reasons. */
export const USUAL_TIMEOUTS = {
  connectMs: 5_000,
  firstByteMs: 30_000,
  idleMs: 120_000,
  /** As long as the official SDKs wait for a whole answer. */
  silenceMs: 600_000,
  totalMs: LIMITS.exchangeMs,
} as const satisfies Timeouts

/** Models that think in silence for minutes, and servers of one's own, which load models first and read long prompts slowly. */
export const PATIENT_TIMEOUTS = {
  ...USUAL_TIMEOUTS,
  firstByteMs: 300_000,
  idleMs: 300_000,
} as const satisfies Timeouts

/**
 * The limits of a target: what the operator set holds exactly, the rest fits what is known of the model.
 *
 * @param set what the operator set
 */
export function settleTimeouts(
  definition: ProviderDefinition,
  capabilities: Capabilities,
  set: Partial<Timeouts> = {},
): Timeouts {
  // A server that needs no key by default is run by whoever runs the gateway.
  const isOwn = definition.keyVariables.length === 0
  const isPatient = isOwn || reasonsUnasked(capabilities)
  const timeouts = { ...(isPatient ? PATIENT_TIMEOUTS : USUAL_TIMEOUTS), ...set }
  const { firstByteMs, idleMs } = { ...PATIENT_TIMEOUTS, ...set }
  return {
    ...timeouts,
    ...(isPatient || capabilities.reasoning === 'none' ? {} : { reasoning: { firstByteMs, idleMs } }),
    ...(set.firstByteMs === undefined ? { elastic: true } : {}),
  }
}

/** Does the model think although nobody asks it to? One that is told how much does, unless it is known to answer at once. */
function reasonsUnasked({ reasoning, sampling }: Capabilities): boolean {
  return reasoning === 'effort' && sampling !== 'unless-reasoning'
}
