import { joinConstraints, type Constraint } from '../exchange/constraint.ts'
import type { Failure } from '../exchange/failure.ts'
import type { GuardFinding, GuardPhase, GuardVerdict } from '../exchange/guard.ts'
import { defined } from '../kit/defined.ts'
import type { GuardAction, Guardrail } from './guardrail.ts'

const VERDICTS: Readonly<Record<GuardAction['type'], GuardVerdict>> = {
  flag: 'flagged',
  mask: 'masked',
  block: 'blocked',
  restrict: 'restricted',
}

/** What one guardrail has to say of one request or one answer so far, and what follows from it. */
export class Opinion<Rule extends Guardrail = Guardrail> {
  readonly guardrail: Rule
  protected readonly phase: GuardPhase
  protected found: Record<string, number> | undefined
  protected hasFailed = false
  /** True where what it has found was mended, so that nothing else has to follow. */
  protected isMended = false
  /** Why it could not look, where that is known. */
  failedBy: Failure | undefined
  /** Milliseconds that it has looked. */
  spentMs = 0

  constructor(guardrail: Rule, phase: GuardPhase) {
    this.guardrail = guardrail
    this.phase = phase
  }

  protected count(name: string, times = 1): void {
    this.found ??= {}
    this.found[name] = (this.found[name] ?? 0) + times
  }

  get hasFound(): boolean {
    return this.found !== undefined
  }

  /** Is what it finds masked, and not only told? */
  get masks(): boolean {
    return !this.guardrail.isShadow && this.guardrail.action.type === 'mask'
  }

  /** Does what it finds say who may be asked? */
  get restricts(): boolean {
    return !this.guardrail.isShadow && this.guardrail.action.type === 'restrict'
  }

  /** Can what it finds change what is said? */
  get acts(): boolean {
    const { isShadow, action } = this.guardrail
    return !isShadow && (action.type === 'mask' || action.type === 'block')
  }

  /** Does what was found so far, or that it could not look, keep what is said from going on? */
  get blocks(): boolean {
    const { isShadow, action } = this.guardrail
    if (isShadow) return false
    const isForbidden = this.hasFound && !this.isMended && action.type === 'block'
    return isForbidden || (this.hasFailed && this.#failsClosed)
  }

  /** Does nothing pass that it could not look at? An answer of which it would only tell something is not kept back for that. */
  get #failsClosed(): boolean {
    const { action, onError } = this.guardrail
    return onError === 'block' && (this.phase === 'input' || action.type !== 'flag')
  }

  /** What it has to say. */
  finding(): GuardFinding {
    const { name, isShadow } = this.guardrail
    return {
      guardrail: name,
      phase: this.phase,
      verdict: this.#verdict(),
      ...defined({ found: this.found }),
      ...(isShadow ? { shadow: true } : {}),
    }
  }

  #verdict(): GuardVerdict {
    const { type } = this.guardrail.action
    // Whatever it has found before, nothing passes that it could not look at.
    if (this.hasFailed && this.#failsClosed && type !== 'block') return 'blocked'
    if (this.hasFound) return this.isMended ? 'flagged' : VERDICTS[this.guardrail.action.type]
    if (!this.hasFailed) return 'passed'
    return this.#failsClosed ? 'blocked' : 'failed'
  }
}

/** What those who have found something want of every target; undefined where it is nothing. */
export function wantedOf(opinions: readonly Opinion[]): readonly Constraint[] | undefined {
  let only: readonly Constraint[] | undefined
  for (const { guardrail, hasFound, restricts } of opinions)
    if (hasFound && restricts && guardrail.action.type === 'restrict')
      only = joinConstraints(only, guardrail.action.only)
  return only
}
