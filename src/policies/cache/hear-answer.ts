import { endedWell } from '../../caching/recorded-answer.ts'
import { SaidSoFar } from '../../caching/said-so-far.ts'
import type { ResponseEvent } from '../../exchange/event.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { watchResponse, type Watcher } from '../../exchange/watcher.ts'
import { LIMITS } from '../../kit/limits.ts'

/** Gives an answer on, and tells what was said when it has ended well. What is longer than answers that are kept is told to nobody. */
export function hearAnswer(
  response: ModelResponse,
  told: (events: readonly ResponseEvent[]) => void,
): ModelResponse {
  return watchResponse(response, new Hearing(told))
}

class Hearing implements Watcher {
  readonly #said = new SaidSoFar()
  readonly #told: (events: readonly ResponseEvent[]) => void
  #isTellable = true

  constructor(told: (events: readonly ResponseEvent[]) => void) {
    this.#told = told
  }

  onChunk({ events, seam }: ResponseChunk): void {
    this.#isTellable &&= seam === undefined && this.#said.bytes <= LIMITS.cachedAnswerBytes
    if (this.#isTellable) for (const event of events) this.#said.push(event)
    else this.#said.clear()
  }

  onEnd(failure?: Failure): void {
    if (failure !== undefined || !this.#isTellable || !this.#said.isTellable) return
    const said = this.#said.whole()
    if (endedWell(said)) this.#told(said)
  }
}
