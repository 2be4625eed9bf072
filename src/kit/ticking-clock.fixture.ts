import { createManualClock, type ManualClock } from './manual-clock.fixture.ts'

/** Between two ticks, of the machine's time. */
const TICK_EVERY_MS = 5

/** A clock for tests in which real bytes travel: once it was started its time passes by itself. */
export interface TickingClock extends ManualClock {
  start(): void
  stop(): void
}

/**
 * Creates a clock that moves by `stepMs` with every tick. A tick is a turn of the event loop, in which what has arrived is read: a
 * process that gets no processor for a while finds that no time has passed, so that limits of milliseconds hold on a busy machine too.
 */
export function createTickingClock(stepMs: number): TickingClock {
  const clock = createManualClock()
  let ticker: NodeJS.Timeout | undefined
  return {
    ...clock,
    start: () => void (ticker ??= setInterval(() => clock.advance(stepMs), TICK_EVERY_MS)),
    stop() {
      clearInterval(ticker)
      ticker = undefined
    },
  }
}
