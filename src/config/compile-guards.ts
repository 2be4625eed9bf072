import type { Cap, QueueTerms } from '../exchange/cap.ts'
import type { CircuitRules } from '../exchange/circuit-rules.ts'
import { CIRCUIT_RULES } from '../routing/circuit.ts'
import { defined } from '../kit/defined.ts'
import type { BreakerConfig, ConcurrentConfig, QueueConfig } from './schema/guards.ts'
import type { HealthConfig } from './schema/health.ts'

/** When targets are left alone: as `health` says, and a provider's `breaker` where it says more. */
export function circuitOf(health: HealthConfig, breaker: BreakerConfig = {}): CircuitRules {
  const {
    errors,
    of_last: leastCalls = CIRCUIT_RULES.leastCalls,
    half_open: probes = CIRCUIT_RULES.probes,
  } = breaker
  const firstRestMs = breaker.open ?? health.first_rest
  const longestRestMs = Math.max(firstRestMs, health.longest_rest)
  const rest = { firstRestMs, longestRestMs, probes, leastCalls }
  if (errors === undefined) return { ...rest, faults: health.faults, faultShare: CIRCUIT_RULES.faultShare }
  if ('inRow' in errors) return { ...rest, faults: errors.inRow, faultShare: CIRCUIT_RULES.faultShare }
  // So many faults in a row are that share of the calls, whatever comes after them.
  return { ...rest, faults: Math.max(2, Math.ceil(errors.share * leastCalls)), faultShare: errors.share }
}

/** A cap of a provider, or of one of its models. */
export function capOf(name: string, { max, adaptive, queue }: ConcurrentConfig): Cap {
  return { name, limit: max, adapts: adaptive, ...defined({ queue: toQueueTerms(queue) }) }
}

/** Who waits, and for how long, in the words of the house. */
export function toQueueTerms(written: QueueConfig | undefined): QueueTerms | undefined {
  return written === undefined ? undefined : { max: written.max, waitMs: written.wait }
}
