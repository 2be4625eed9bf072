import type { Clock } from '../../kit/clock.ts'

/** Waits `waitMs`, or until `signal` is aborted if that comes first. Never rejects. */
export function pause(clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve()
      return
    }
    const finish = (): void => {
      timer.cancel()
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = clock.after(waitMs, finish)
    signal.addEventListener('abort', finish)
  })
}
