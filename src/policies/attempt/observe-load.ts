import { isSemantic } from '../../exchange/event.ts'
import { requestFeatures, type Attempt } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { totalInput, totalOutput } from '../../exchange/usage.ts'
import { isLastChunk, type Watcher } from '../../exchange/watcher.ts'
import type { CallUnderWay, Counts, LoadBoard } from '../../routing/loads.ts'
import type { AttemptAdmission } from '../policy.ts'
import { proofOf } from './proof.ts'

/** Creates the admission that lets every attempt through, and tells the board of loads how each went. */
export function createObserveLoad(loads: LoadBoard): AttemptAdmission {
  return (attempt) => new Observed(loads, attempt)
}

class Observed implements Watcher {
  readonly #attempt: Attempt
  readonly #call: CallUnderWay
  /** Has it to be looked at for its first token? */
  #isAwaited: boolean
  readonly #isStream: boolean

  constructor(loads: LoadBoard, attempt: Attempt) {
    const { credential, exchange, target } = attempt
    this.#attempt = attempt
    this.#isStream = exchange.request.stream
    this.#isAwaited = exchange.request.stream
    this.#call = loads.begin({
      target: target.id,
      credential,
      route: exchange.route?.name ?? exchange.request.model,
      inputTokens: requestFeatures(exchange).inputTokens,
    })
  }

  onHead({ limits }: ModelResponse): void {
    if (limits !== undefined) this.#call.tell(limits)
  }

  onChunk(chunk: ResponseChunk): void {
    if (!this.#isAwaited || !saysSomething(chunk)) return
    this.#isAwaited = false
    // What comes whole tells nothing of when it began.
    if (!isLastChunk(chunk)) this.#call.begin()
  }

  onEnd(failure?: Failure): void {
    const proof = proofOf(this.#attempt, failure)
    const isStream = this.#isStream && (this.#call.hasBegun || this.#isAwaited)
    this.#call.end(isStream, { proof, counts: proof === 'well' ? countsOf(this.#attempt) : undefined })
  }
}

function countsOf({ exchange, id }: Attempt): Counts | undefined {
  // Whoever watches an attempt is told of its end when it is settled.
  const last = exchange.trail.attempts.at(-1)
  const result = last?.id === id ? last : exchange.trail.attempts.find((one) => one.id === id)
  if (result?.usage === undefined || result.basis !== 'reported') return undefined
  const { usage } = result
  return {
    outputTokens: totalOutput(usage) + usage.hiddenOutputTokens,
    inputTokens: totalInput(usage),
    cachedTokens: usage.cacheReadTokens,
  }
}

function saysSomething({ events }: ResponseChunk): boolean {
  for (const event of events) if (isSemantic(event)) return true
  return false
}
