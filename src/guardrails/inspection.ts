import type { GuardFinding, GuardPhase, GuardVerdict } from '../exchange/guard.ts'
import { defined } from '../kit/defined.ts'
import type { GuardAction, Guardrail } from './guardrail.ts'
import type { Found } from './looker.ts'

/** A place that a guardrail wants masked. */
export interface MaskedPlace extends Found {
  readonly restore: boolean
}

/** What one guardrail has found so far, in all texts of one phase. */
export class GuardTally {
  readonly guardrail: Guardrail
  readonly #phase: GuardPhase
  #found: Record<string, number> | undefined
  /** How long it has looked. */
  spentMs = 0
  #hasFailed = false

  constructor(guardrail: Guardrail, phase: GuardPhase) {
    this.guardrail = guardrail
    this.#phase = phase
  }

  /** It has found these in one more text. */
  add(found: readonly Found[]): void {
    for (const { name } of found) {
      this.#found ??= {}
      this.#found[name] = (this.#found[name] ?? 0) + 1
    }
  }

  /** It could not look, or not in time. */
  fail(): void {
    this.#hasFailed = true
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  get hasFound(): boolean {
    return this.#found !== undefined
  }

  /** Does what was found so far keep the request from being sent, or the answer from being given? */
  get blocks(): boolean {
    const { isShadow, action, onError } = this.guardrail
    if (isShadow) return false
    return (this.hasFound && action.type === 'block') || (this.#hasFailed && onError === 'block')
  }

  /** What it has to say. */
  finding(): GuardFinding {
    const { name, isShadow } = this.guardrail
    const found = this.#found
    return {
      guardrail: name,
      phase: this.#phase,
      verdict: this.#verdict(),
      ...defined({ found }),
      ...(isShadow ? { shadow: true } : {}),
    }
  }

  #verdict(): GuardVerdict {
    const { action, onError } = this.guardrail
    if (this.hasFound) return VERDICTS[action.type]
    if (!this.#hasFailed) return 'passed'
    return onError === 'block' ? 'blocked' : 'failed'
  }
}

const VERDICTS: Readonly<Record<GuardAction['type'], GuardVerdict>> = {
  flag: 'flagged',
  mask: 'masked',
  block: 'blocked',
  restrict: 'restricted',
}

/** What guardrails want masked in a text, of what each has found there. */
export function placesToMask(found: ReadonlyMap<Guardrail, readonly Found[]>): readonly MaskedPlace[] {
  let places: MaskedPlace[] | undefined
  for (const [{ action, isShadow }, spans] of found) {
    if (action.type !== 'mask' || isShadow) continue
    const { restore } = action
    for (const span of spans) (places ??= []).push({ ...span, restore })
  }
  return places ?? NO_PLACES
}

const NO_PLACES: readonly MaskedPlace[] = []
