import type { HealthView } from '../exchange/health-view.ts'
import { lengthOf, REFUSED, type RestView, type ToldRests } from '../exchange/rest-view.ts'
import type { Target } from '../exchange/target.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'

/** The rests of one decision, as the board has them. What was said once of a target holds, whatever time goes by. */
export class Rests implements RestView {
  readonly #health: HealthView
  readonly #caller: string
  #targets: Map<string, number> | undefined
  #credentials: Map<string, number> | undefined

  /**
   * @param caller who asks: the project, or the key without one
   */
  constructor(health: HealthView, caller: string) {
    this.#health = health
    this.#caller = caller
  }

  get told(): ToldRests {
    const told: Mutable<ToldRests> = {}
    setDefined(told, 'targets', this.#targets)
    setDefined(told, 'credentials', this.#credentials)
    return told
  }

  target({ id }: Target): number | undefined {
    const told = this.#targets?.get(id)
    if (told !== undefined) return lengthOf(told)
    const untilMs = this.#health.targetRestsUntil(id, this.#caller)
    if (untilMs === undefined) return undefined
    const restMs = this.#left(untilMs)
    this.#targets ??= new Map()
    this.#targets.set(id, this.#health.answersInPart(id, this.#caller) ? -Math.max(1, restMs) : restMs)
    return restMs
  }

  isPartial({ id }: Target): boolean {
    return (this.#targets?.get(id) ?? 0) < 0
  }

  credentials({ id, credentials }: Target): number | undefined {
    const told = this.#credentials?.get(id)
    if (told !== undefined) return told
    let untilMs = Number.POSITIVE_INFINITY
    for (const credential of credentials) {
      const restsUntilMs = this.#health.credentialRestsUntil(id, credential.id, this.#caller)
      if (restsUntilMs === undefined) return undefined
      if (!this.#health.isCredentialOff(id, credential.id, this.#caller))
        untilMs = Math.min(untilMs, restsUntilMs)
    }
    const restMs = untilMs === Number.POSITIVE_INFINITY ? REFUSED : this.#left(untilMs)
    this.#credentials ??= new Map()
    this.#credentials.set(id, restMs)
    return restMs
  }

  #left(untilMs: number): number {
    return Math.max(0, Math.ceil(untilMs - this.#health.nowMs()))
  }
}
