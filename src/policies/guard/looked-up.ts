import { OpenRestorable } from '../../guardrails/restore.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { RecalledValue, Vault, Whose } from './vault.ts'

interface LookUpParts {
  readonly whose: Whose
  /** Those that hold for the request, remember, and have values put back. */
  readonly guardrails: ReadonlySet<string>
  readonly telemetry: Telemetry
}

/** Placeholders of other requests that stand in one answer: each is looked up once, and no more of them than `LIMITS.vaultLookUps`. */
export class LookedUp {
  readonly #vault: Vault
  readonly #parts: LookUpParts
  readonly #seen = new Set<string>()
  #wanted: string[] = []
  readonly #found = new Map<string, RecalledValue>()

  constructor(vault: Vault, parts: LookUpParts) {
    this.#vault = vault
    this.#parts = parts
  }

  /** What notes each that is to be looked up, and puts nothing back but what the request says. */
  scout(values: ReadonlyMap<string, string>): OpenRestorable {
    return new OpenRestorable(values, (placeholder) => this.#note(placeholder))
  }

  #note(placeholder: string): undefined {
    if (this.#seen.has(placeholder) || this.#seen.size >= LIMITS.vaultLookUps) return
    this.#seen.add(placeholder)
    this.#wanted.push(placeholder)
  }

  /** Looks up what was noted since; undefined where that is nothing. Where it cannot be read, the placeholders stay. */
  look(): Promise<void> | undefined {
    if (this.#wanted.length === 0) return undefined
    const wanted = this.#wanted
    this.#wanted = []
    return this.#look(wanted)
  }

  async #look(wanted: readonly string[]): Promise<void> {
    const { whose, guardrails, telemetry } = this.#parts
    try {
      for (const [placeholder, one] of await this.#vault.recall(whose, wanted))
        if (one.goesBack && guardrails.has(one.guardrail)) this.#found.set(placeholder, one)
    } catch (error) {
      telemetry.log('warn', 'masked values that are remembered could not be read', { error })
    }
  }

  valueOf(placeholder: string): string | undefined {
    return this.#found.get(placeholder)?.value
  }

  /** The guardrail that has masked what was found. */
  guardrailOf(placeholder: string): string | undefined {
    return this.#found.get(placeholder)?.guardrail
  }
}
