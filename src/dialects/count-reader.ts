import type { UsageAnomaly } from '../exchange/usage.ts'
import { toTokens } from '../exchange/usage.ts'
import { toFiniteNumber, type JsonObject } from '../kit/json.ts'

/** Reads the counts of one usage report, and remembers what is wrong with them. */
export class CountReader {
  #anomalies: UsageAnomaly[] | undefined

  /** What was found so far, each once; undefined when all is well. */
  get anomalies(): readonly UsageAnomaly[] | undefined {
    return this.#anomalies
  }

  /** The count under a name as a whole number ≥ 0; undefined where there is none. What is no count is `not-a-count`. */
  count(held: JsonObject, field: string): number | undefined {
    const value = held[field]
    if (value === undefined || value === null) return undefined
    const number = toFiniteNumber(value)
    if (number === undefined || number < 0 || !Number.isInteger(number)) this.flag('not-a-count')
    return number === undefined ? undefined : toTokens(number)
  }

  flag(anomaly: UsageAnomaly): void {
    if (this.#anomalies?.includes(anomaly) !== true) this.#anomalies = [...(this.#anomalies ?? []), anomaly]
  }
}
