import type { FilterStep } from '../../exchange/decision.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { EndListener } from '../../exchange/watcher.ts'
import { goodOutcome, isProvidersFault } from '../../experiments/arm-outcome.ts'
import type { ArmOutcome } from '../../experiments/guard-watch.ts'

/**
 * Tells how an exchange ends that went the way of an arm. What its targets failed at is their failure, although another target may have
 * answered in their place. Nothing is told of what says nothing about them: refusals of the gateway, mistakes of clients, those who left.
 *
 * @param targets the arm's own, without its fallbacks
 */
export function reportArm(
  exchange: Exchange,
  targets: readonly string[],
  tell: (outcome: ArmOutcome) => void,
): void {
  exchange.trail.onEnd(new Report(exchange, targets, tell))
}

class Report implements EndListener {
  readonly #exchange: Exchange
  readonly #targets: readonly string[]
  readonly #tell: (outcome: ArmOutcome) => void

  constructor(exchange: Exchange, targets: readonly string[], tell: (outcome: ArmOutcome) => void) {
    this.#exchange = exchange
    this.#targets = targets
    this.#tell = tell
  }

  onEnd(failure?: Failure): void {
    const { trail } = this.#exchange
    if (failure?.code === 'client-gone') return
    const served = trail.served?.id
    if (failure === undefined && served !== undefined && this.#isOwn(served))
      return this.#tell(goodOutcome(trail))
    const isOurs = trail.attempts.some(
      ({ target, outcome }) => this.#isOwn(target) && !NO_FAILURES.has(outcome),
    )
    const isBlamed = failure === undefined || isProvidersFault(failure)
    if (isBlamed && (isOurs || this.#rests())) this.#tell({ isError: true })
  }

  #isOwn(target: string): boolean {
    return this.#targets.includes(target)
  }

  /** Was one of its targets left out because it had failed before? */
  #rests(): boolean {
    return this.#exchange.trail.steps.some(
      (step) =>
        step.step === 'filter' && step.targets.some((one) => this.#isOwn(one.target) && isResting(one)),
    )
  }
}

/** Somebody was faster than it, or it was not asked for want of room. */
const NO_FAILURES: ReadonlySet<string> = new Set(['ok', 'outrun', 'at-capacity'])

function isResting({ reason }: FilterStep['targets'][number]): boolean {
  return reason === 'circuit-open' || reason === 'credentials-exhausted'
}
