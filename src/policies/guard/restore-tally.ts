import type { Placeholders } from '../../exchange/guard.ts'
import type { Trail } from '../../exchange/trail.ts'
import type { EndListener } from '../../exchange/watcher.ts'
import type { RestoreListener } from '../../guardrails/restore.ts'
import { defined } from '../../kit/defined.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { LookedUp } from './looked-up.ts'

interface Answered {
  readonly trail: Trail
  readonly placeholders: Placeholders | undefined
  readonly lookedUp: LookedUp | undefined
}

/** Counts what is put back in one answer, and takes it down at the end. */
export class RestoreTally implements RestoreListener, EndListener {
  readonly #telemetry: Telemetry
  readonly #answered: Answered
  readonly #restored: Record<string, number> = {}
  readonly #remembered: Record<string, number> = {}
  #unknown = 0

  constructor(telemetry: Telemetry, answered: Answered) {
    this.#telemetry = telemetry
    this.#answered = answered
  }

  onRestored(placeholder: string): void {
    const { placeholders, lookedUp } = this.#answered
    const masked = placeholders?.masked.get(placeholder)
    if (masked !== undefined) add(this.#restored, masked.guardrail)
    else add(this.#remembered, lookedUp?.guardrailOf(placeholder))
  }

  onUnknown(): void {
    this.#unknown += 1
  }

  onEnd(): void {
    const remembered = Object.keys(this.#remembered).length === 0 ? undefined : this.#remembered
    const unknown = this.#unknown === 0 ? undefined : this.#unknown
    this.#answered.trail.decide({
      step: 'restore',
      restored: this.#restored,
      ...defined({ remembered, unknown }),
    })
    this.#count(this.#restored, 'request')
    this.#count(this.#remembered, 'vault')
    if (this.#unknown > 0)
      this.#telemetry.count('gatehouse_guardrail_unknown_placeholders_total', {}, this.#unknown)
  }

  #count(counts: Readonly<Record<string, number>>, from: string): void {
    for (const [guardrail, times] of Object.entries(counts))
      this.#telemetry.count('gatehouse_guardrail_restored_total', { guardrail, from }, times)
  }
}

function add(counts: Record<string, number>, guardrail = ''): void {
  counts[guardrail] = (counts[guardrail] ?? 0) + 1
}
