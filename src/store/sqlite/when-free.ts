import { SQLiteError } from 'bun:sqlite'
import type { Clock } from '../../kit/clock.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 100
/** A lock that is held for longer than this is somebody's mistake. */
const PATIENCE_MS = 5_000

/**
 * Runs a statement that may meet the lock of another connection, and again until the lock is gone. SQLite's own waiting
 * (`busy_timeout`) would hold up the thread, and with it every request. Rejects with SQLite's error when that takes too long.
 */
export async function whenFree<Result>(clock: Clock, run: () => Result): Promise<Result> {
  const startedMs = clock.elapsedMs()
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return run()
    } catch (thrown) {
      if (!isBusy(thrown) || clock.elapsedMs() - startedMs >= PATIENCE_MS) throw thrown
    }
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
  }
}

/** Extended codes such as SQLITE_BUSY_SNAPSHOT mean the same (https://www.sqlite.org/rescode.html). */
function isBusy(thrown: unknown): boolean {
  return thrown instanceof SQLiteError && thrown.code?.startsWith('SQLITE_BUSY') === true
}
