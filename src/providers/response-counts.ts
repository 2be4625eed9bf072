import type { Counter, Telemetry } from '../telemetry/telemetry.ts'
import type { LaneChoice } from './choose-lane.ts'

/** Counts what providers answer with. Where answers of success count, which nearly all are, is found once for each way to a target. */
export class ResponseCounts {
  readonly #telemetry: Telemetry
  readonly #successes = new WeakMap<LaneChoice, Counter>()

  constructor(telemetry: Telemetry) {
    this.#telemetry = telemetry
  }

  /** Counts an answer with a status that came this way. */
  count(choice: LaneChoice, status: number): void {
    if (status >= 200 && status < 300) this.#success(choice).add(1)
    else this.#of(choice, `${Math.floor(status / 100)}xx`).add(1)
  }

  #success(choice: LaneChoice): Counter {
    let counter = this.#successes.get(choice)
    if (counter === undefined) {
      counter = this.#of(choice, '2xx')
      this.#successes.set(choice, counter)
    }
    return counter
  }

  #of({ lane, origins }: LaneChoice, status: string): Counter {
    const { provider } = origins[lane].target
    return this.#telemetry.counter('gatehouse_provider_responses_total', { provider, lane, status })
  }
}
