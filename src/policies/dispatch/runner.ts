import type { Attempt } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Clock } from '../../kit/clock.ts'

/** An attempt under way in a contest. */
export interface Runner {
  readonly attempt: Attempt
  /** How often its target was asked again after a wait. */
  readonly retries: number
  /** The attempt at the same target before it. */
  readonly before: Runner | undefined
  /** Stops this attempt alone. Absent where none can run beside it. */
  readonly abort: AbortController | undefined
  /** Its answer, once it may be shown. */
  readonly answer: Promise<ModelResponse>
  /** When it is sent, monotonic; 0 where none can run beside it. */
  readonly startsAtMs: number
}

/**
 * The first of several to end; undefined when the time to wake up came before.
 *
 * @param wakeAtMs monotonic
 */
export function firstToEnd(
  runners: readonly Runner[],
  clock: Clock,
  wakeAtMs: number | undefined,
): Promise<Runner | undefined> {
  return new Promise((resolve) => {
    const wake = (): void => resolve(undefined)
    const timer =
      wakeAtMs === undefined ? undefined : clock.after(Math.max(0, wakeAtMs - clock.elapsedMs()), wake)
    for (const runner of runners) {
      const end = (): void => {
        timer?.cancel()
        resolve(runner)
      }
      runner.answer.then(end, end)
    }
  })
}

/**
 * Stops runners because another one has won, and waits until each is settled, which takes no longer than stopping it: what
 * it used is on the trail before anything of the winner's answer is over.
 */
export async function outrun(losers: readonly Runner[]): Promise<void> {
  const failure = new Failure('outrun')
  for (const { abort } of losers) abort?.abort(failure)
  const stopped = losers.map(({ answer }) => answer.then(({ source }) => source.cancel(failure), ignore))
  await Promise.all(stopped)
}

/** It failed by being stopped, or at the same moment by itself, and was settled as what it is. */
export function ignore(): void {}

/** Ids of the credentials that were used at a target until now. */
export function spentBy(last: Runner): readonly string[] {
  const spent: string[] = []
  for (let runner: Runner | undefined = last; runner !== undefined; runner = runner.before) {
    spent.push(runner.attempt.credential.id)
  }
  return spent
}
