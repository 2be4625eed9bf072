import type { CreatePlaceholders } from '../../exchange/guard.ts'
import type { EyeParts } from '../../guardrails/eye.ts'
import type { GuardTerms } from '../../guardrails/guardrail.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Vault } from './vault.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** What guardrails look with. */
export interface GuardParts {
  readonly terms: GuardTerms
  readonly createPlaceholders: CreatePlaceholders
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Remembers what is masked, where guardrails want that; absent: nothing is remembered. */
  readonly vault?: Vault
}

/** What eyes need of it. */
export function eyeParts({ clock, telemetry }: GuardParts): EyeParts {
  return {
    elapsedMs: () => clock.elapsedMs(),
    onDefect: (guardrail, error) =>
      telemetry.log('error', 'a guardrail has broken', { guardrail, error: String(error) }),
  }
}
