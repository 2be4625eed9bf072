import type { Exchange } from '../../exchange/exchange.ts'
import type { Target } from '../../exchange/target.ts'
import type { EndListener } from '../../exchange/watcher.ts'
import { LIMITS } from '../../kit/limits.ts'
import { formatUsd } from '../../kit/money.ts'
import type { CostOf } from '../../ledger/attempt-row.ts'
import type { Candidate } from '../../routing/choice.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

const NANO_PER_USD = 1e9

/** What savings are worked out with. Without prices there are none. */
export interface SavingsParts {
  readonly costOf?: CostOf
  readonly telemetry: Telemetry
}

/** The last rung: the last target with a model of its own that may still be asked. */
export function premiumOf(candidates: readonly Candidate[]): Target | undefined {
  const models: string[] = []
  let premium: Target | undefined
  for (const { target } of candidates) {
    if (models.includes(target.model)) continue
    if (models.length === LIMITS.rungs) break
    models.push(target.model)
    premium = target
  }
  return premium
}

/**
 * Takes down at the end of an exchange what it would have cost to ask the last rung at once, by its price and the usage of the answer
 * that was given, and what was paid instead, dropped answers and judges included. Below zero it has cost more. Where a price
 * is not known, or one of them is invented, nothing is said.
 */
export class Savings implements EndListener {
  readonly #parts: SavingsParts
  readonly #exchange: Exchange
  readonly #premium: Target

  constructor(parts: SavingsParts, exchange: Exchange, premium: Target) {
    this.#parts = parts
    this.#exchange = exchange
    this.#premium = premium
  }

  onEnd(): void {
    const { costOf, telemetry } = this.#parts
    const { trail, route } = this.#exchange
    const { price, simulated, id } = this.#premium
    const served = trail.attempts.find((attempt) => attempt.id === trail.servedAttemptId)
    const paid = trail.costNanoUsd()
    if (costOf === undefined || price === undefined || paid === undefined) return
    if (served?.usage === undefined || trail.isSimulated() !== simulated) return
    const wouldBe = costOf(served.usage, price)
    if (wouldBe === undefined) return
    const spent = paid + trail.askedNanoUsd
    const saved = wouldBe - spent
    trail.savedNanoUsd = saved
    trail.decide({
      step: 'savings',
      premium: id,
      premiumUsd: formatUsd(wouldBe),
      spentUsd: formatUsd(spent),
      savedUsd: formatUsd(saved),
    })
    const labels = { route: route?.name ?? '' }
    telemetry.count('gatehouse_escalation_premium_usd_total', labels, Number(wouldBe) / NANO_PER_USD)
    telemetry.count('gatehouse_escalation_spent_usd_total', labels, Number(spent) / NANO_PER_USD)
  }
}
