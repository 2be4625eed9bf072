import type { Failure } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestRow } from '../store/store.ts'
import { FewLines } from '../telemetry/few-lines.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { bareRow } from './bare-row.ts'
import type { EndpointMatch } from './endpoints.ts'

/** Of them all one line says how many were left out. */
const LEFT_OUT = 'left out'

export interface RefusalNeeds {
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** Takes a line of the request log; must neither throw nor wait. */
  readonly record: (row: RequestRow) => void
}

/** A request that was refused before there was an exchange. */
export interface Refused {
  readonly requestId: string
  readonly failure: Failure
  /** As the client was told. */
  readonly status: number
  /** Where it knocked, if anywhere. */
  readonly match: EndpointMatch | undefined
  readonly planVersion: string
}

/** Takes note of requests that are refused on arrival. */
export interface Refusals {
  note(refused: Refused): void
}

/**
 * Creates the notes. All refusals are counted, but few are written down: whoever is refused on arrival may be anybody, and
 * must not be able to fill the disk. How many were left out is said in the log.
 */
export function createRefusals({ clock, telemetry, record }: RefusalNeeds): Refusals {
  let places: number = LIMITS.refusalRows
  let filledMs = clock.elapsedMs()
  const lines = new FewLines(clock)

  const takePlace = (): boolean => {
    const nowMs = clock.elapsedMs()
    places = Math.min(LIMITS.refusalRows, places + ((nowMs - filledMs) / 1000) * LIMITS.refusalRowsPerSecond)
    filledMs = nowMs
    if (places < 1) return false
    places -= 1
    return true
  }
  const tellLeftOut = (): void => {
    const count = lines.take(LEFT_OUT)
    if (count !== undefined)
      telemetry.log('warn', 'requests were refused on arrival without a line of their own', { count })
  }

  return {
    note({ match, failure, ...refused }) {
      telemetry.count('gatehouse_refused_at_door_total', { code: failure.code })
      if (match === undefined) return
      if (takePlace()) record(bareRow({ match, ...refused, outcome: failure.code, atMs: clock.nowMs() }))
      else lines.note(LEFT_OUT)
      tellLeftOut()
    },
  }
}
