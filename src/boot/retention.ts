import type { Config } from '../config/schema.ts'
import type { ContentTerms } from '../exchange/content-record.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Store } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** A start has other things to do first. */
const FIRST_LOOK_MS = 10_000
const LOOK_MS = 60_000
/** Between two batches, for the rows that came meanwhile. */
const PAUSE_MS = 50
/** A clock that was set by more than this is believed once it has stood by it for as long: what it says is old is lost for good. */
const JUMP_MS = 3_600_000
const HOUR_MS = 3_600_000

export interface RetentionNeeds {
  readonly retention: Config['logs']['retention']
  readonly responses: Pick<Config['responses'], 'retention'>
  readonly cache?: Config['cache']
  /** How long content is kept under the plan in force; undefined: it has none. */
  readonly content?: () => ContentTerms | undefined
  readonly store: Pick<Store, 'prune'>
  readonly ledger: Pick<Ledger, 'forgetDamaged'>
  /** Id of the first key: as long as it is known that it was revoked, a start does not make another. */
  readonly firstKeyId: string
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Removes what need not be kept any longer, a little at a time, for as long as the process lives. */
export function followRetention(needs: RetentionNeeds): { close(): void } {
  const { clock, telemetry } = needs
  let timer: Timer | undefined
  const isBelieved = watchForJumps(clock)
  let isWorking = false
  const closing = new AbortController()
  const work = async (): Promise<void> => {
    isWorking = true
    try {
      while (!closing.signal.aborted && isBelieved() && (await removeSome(needs)))
        await new Promise<void>((resolve) => clock.after(PAUSE_MS, resolve))
    } catch (error) {
      telemetry.count('gatehouse_retention_failures_total')
      telemetry.log('warn', 'what is too old to be kept could not be removed; it is tried again', { error })
    } finally {
      isWorking = false
    }
  }
  const lookIn = (delayMs: number): void => {
    timer = clock.after(delayMs, () => {
      lookIn(LOOK_MS)
      if (!isWorking) void work()
    })
  }
  lookIn(FIRST_LOOK_MS)
  return {
    close() {
      closing.abort()
      timer?.cancel()
    },
  }
}

/** Gives a question that is to be asked often: does the wall clock go on as it did? */
function watchForJumps(clock: Clock): () => boolean {
  let offsetMs = clock.nowMs() - clock.elapsedMs()
  let believedFromMs = 0
  return () => {
    const currentMs = clock.nowMs() - clock.elapsedMs()
    if (Math.abs(currentMs - offsetMs) > JUMP_MS) believedFromMs = clock.elapsedMs() + JUMP_MS
    offsetMs = currentMs
    return clock.elapsedMs() >= believedFromMs
  }
}

/** Removes one batch; true when there is more. */
async function removeSome(needs: RetentionNeeds): Promise<boolean> {
  const { retention, responses, store, ledger, firstKeyId, clock, telemetry } = needs
  const nowMs = clock.nowMs()
  ledger.forgetDamaged(nowMs - retention.keys)
  const content = needs.content?.()
  const { rows, more } = await store.prune({
    requestsBeforeMs: nowMs - retention.requests,
    requestBytes: retention.size,
    responsesBeforeMs: nowMs - responses.retention,
    repliesBeforeMs: nowMs - LIMITS.repeatMs,
    ...(needs.cache && { answers: { endedMs: nowMs, bytes: needs.cache.disk || 0 } }),
    vaultEndsMs: nowMs,
    ...(content && { contents: { beforeMs: nowMs - content.retentionMs, bytes: content.bytes } }),
    shadowsBeforeMs: nowMs - retention.shadows,
    shadowRows: LIMITS.shadowRows,
    // They go by whole hours, of which the last minute counts.
    seriesMinutesBeforeMs: nowMs - LIMITS.seriesMinutesMs - HOUR_MS,
    seriesHoursBeforeMs: nowMs - LIMITS.seriesHoursMs,
    keysBeforeMs: nowMs - retention.keys,
    keptKey: firstKeyId,
  })
  telemetry.count('gatehouse_retention_rows_total', {}, rows)
  return more
}
