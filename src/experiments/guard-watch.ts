import type { GuardTerms } from '../exchange/split.ts'
import { LIMITS } from '../kit/limits.ts'
import { ExcessEvidence, PairedEvidence } from './e-process.ts'
import { Sample } from './sample.ts'

/** How one request of an arm ended. */
export interface ArmOutcome {
  readonly isError: boolean
  readonly firstEventMs?: number
  readonly costUsd?: number
}

/** What an arm did in numbers. */
export interface ArmFigures {
  readonly requests: number
  readonly errors: number
  /** Time within which 95 % of the last so many began; absent: none did. */
  readonly firstEventP95Ms?: number | undefined
  /** What one of the last so many cost on the mean; absent: nothing is known. */
  readonly meanCostUsd?: number | undefined
}

/** A canary is rolled back in error at most once in a hundred that are no worse. */
const MOST_EVIDENCE = 100
/** Beyond this nothing is waited for: so many points more of errors, over so many requests. */
const HARD_POINTS = 0.05
const HARD_REQUESTS = 50
const PER_CENT = 100
/** Requests of the rest after which it is worked out anew what slow is. */
const SLOW_EVERY = 25
const MOST_OF_THEM = 0.95

class Arm {
  requests = 0
  errors = 0
  readonly firstEventsMs = new Sample(LIMITS.guardSamples)
  readonly costsUsd = new Sample(LIMITS.guardSamples)

  add({ isError, firstEventMs, costUsd }: ArmOutcome): void {
    this.requests += 1
    if (isError) this.errors += 1
    if (isError) return
    if (firstEventMs !== undefined) this.firstEventsMs.add(firstEventMs)
    if (costUsd !== undefined) this.costsUsd.add(costUsd)
  }

  get errorShare(): number {
    return this.errors / Math.max(1, this.requests)
  }

  get firstEventP95Ms(): number | undefined {
    return this.firstEventsMs.count === 0 ? undefined : this.firstEventsMs.quantile(MOST_OF_THEM)
  }

  get meanCostUsd(): number | undefined {
    return this.costsUsd.count === 0 ? undefined : this.costsUsd.mean
  }
}

/**
 * Watches whether a canary does worse than the rest. Each of its outcomes is paired with one of the rest, unseen; pairs of which one is
 * bad are the evidence. It is looked at after every request, which the e-processes allow.
 */
export class GuardWatch {
  readonly #terms: GuardTerms
  readonly #canary = new Arm()
  readonly #rest = new Arm()
  readonly #errors = new PairedEvidence()
  readonly #costs = new PairedEvidence()
  readonly #slowness = new ExcessEvidence()
  /** Outcomes of the rest that have no partner yet. */
  readonly #unpaired: ArmOutcome[] = []
  /** Beyond this a request of the canary is slow. */
  #slowFromMs = Number.POSITIVE_INFINITY

  constructor(terms: GuardTerms) {
    this.#terms = terms
  }

  addRest(outcome: ArmOutcome): void {
    this.#rest.add(outcome)
    if (this.#rest.requests % SLOW_EVERY === 0) this.#slowFromMs = this.#findSlowFromMs()
    this.#unpaired.push(outcome)
    if (this.#unpaired.length > LIMITS.guardSamples) this.#unpaired.shift()
  }

  addCanary(outcome: ArmOutcome): void {
    this.#canary.add(outcome)
    const { firstEventMs } = outcome
    if (firstEventMs !== undefined && this.#rest.firstEventsMs.count >= HARD_REQUESTS)
      this.#slowness.add(firstEventMs > this.#slowFromMs)
    const partner = this.#unpaired.pop()
    if (partner === undefined) return
    if (outcome.isError !== partner.isError) this.#errors.add(outcome.isError)
    const { costUsd = 0 } = outcome
    const { costUsd: other = 0 } = partner
    if (costUsd > 0 && other > 0) this.#costs.add(costUsd > other * (1 + (this.#terms.cost ?? 0)))
  }

  get canary(): ArmFigures {
    return this.#canary
  }

  get rest(): ArmFigures {
    return this.#rest
  }

  /** What the canary does worse than it may, with the numbers; undefined while nothing is known against it. */
  breach(): string | undefined {
    return this.#hardBreach() ?? this.#errorBreach() ?? this.#slowBreach() ?? this.#costBreach()
  }

  #hardBreach(): string | undefined {
    if (this.#canary.requests < HARD_REQUESTS || this.#moreErrors() < HARD_POINTS) return undefined
    return `error_rate ${this.#errorText()}, over ${this.#canary.requests} requests`
  }

  #errorBreach(): string | undefined {
    const { errorRate } = this.#terms
    if (errorRate === undefined || !this.#isEnough() || this.#errors.value < MOST_EVIDENCE) return undefined
    return this.#moreErrors() > errorRate ? `error_rate ${this.#errorText()}` : undefined
  }

  #slowBreach(): string | undefined {
    if (this.#terms.ttftP95 === undefined || !this.#isEnough() || this.#slowness.value < MOST_EVIDENCE)
      return undefined
    const [own, others] = [this.#canary, this.#rest].map((arm) =>
      Math.round(arm.firstEventsMs.quantile(MOST_OF_THEM)),
    )
    return `ttft_p95 ${own} ms against ${others} ms`
  }

  #costBreach(): string | undefined {
    const { cost } = this.#terms
    if (cost === undefined || !this.#isEnough() || this.#costs.value < MOST_EVIDENCE) return undefined
    const [own, others] = [this.#canary.costsUsd.mean, this.#rest.costsUsd.mean]
    return own > others * (1 + cost)
      ? `cost $${own.toPrecision(3)} a request against $${others.toPrecision(3)}`
      : undefined
  }

  #isEnough(): boolean {
    return this.#canary.requests >= this.#terms.minRequests
  }

  #moreErrors(): number {
    return this.#canary.errorShare - this.#rest.errorShare
  }

  #findSlowFromMs(): number {
    return this.#rest.firstEventsMs.quantile(MOST_OF_THEM) * (1 + (this.#terms.ttftP95 ?? 0))
  }

  #errorText(): string {
    const [own, others] = [this.#canary, this.#rest].map((arm) => (arm.errorShare * PER_CENT).toFixed(1))
    return `${own} % against ${others} %`
  }
}
