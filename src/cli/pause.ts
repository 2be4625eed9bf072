import type { Clock } from '../kit/clock.ts'

/** Waits for a while, or until one of the signals is aborted. */
export async function pause(clock: Clock, ms: number, until: readonly AbortSignal[]): Promise<void> {
  if (until.some(({ aborted }) => aborted)) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const end = (): void => resolve()
  const keepAlive = setInterval(() => undefined, ms)
  const timer = clock.after(ms, resolve)
  for (const signal of until) signal.addEventListener('abort', end, { once: true })
  await promise
  for (const signal of until) signal.removeEventListener('abort', end)
  timer.cancel()
  clearInterval(keepAlive)
}
