import type { Clock, Timer } from '../kit/clock.ts'
import type { Descriptors, SpareDescriptors } from '../kit/descriptors.ts'
import type { HttpServer } from '../kit/http-server.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** Of what the process may open, this share is kept from clients' connections. */
const SPARE_SHARE = 1 / 16
/** But not more than this share of what is free at the start, or the listener would never open. */
const MOST_SPARE_SHARE = 1 / 4

/** The descriptors that are kept from clients' connections. */
export function leastFree(descriptors: Descriptors): number {
  const wanted = Math.max(LIMITS.spareDescriptors, (descriptors.most ?? 0) * SPARE_SHARE)
  return Math.floor(Math.min(wanted, descriptors.free() * MOST_SPARE_SHARE))
}

/** Between two looks. */
const LOOK_MS = 250
/** Least time between two warnings, since those who come may do so again and again. */
const TOLD_EVERY_MS = 10_000

export interface ConnectionGuardNeeds {
  readonly descriptors: Descriptors
  readonly spare: SpareDescriptors
  /** With fewer free descriptors the listener takes no more connections; it takes them again with twice as many. */
  readonly least: number
  readonly listener: Pick<HttpServer, 'shut' | 'reopen'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Keeps connections of clients from using up what the process may open: the runtime takes every connection that comes, tells
 * nobody, and when none can be taken any more it tries again without a pause, so that no other listener opens either. Where
 * descriptors run short, the clients' listener is shut: idle connections are closed, those who come are refused by the system,
 * and what is kept in reserve is left to operators, to the store and to calls to providers.
 *
 * @returns stops looking and gives the reserve back
 */
export function guardConnections(needs: ConnectionGuardNeeds): () => void {
  const { descriptors, spare, least, listener, clock, telemetry } = needs
  let isShut = false
  let toldMs = -Infinity
  let timer: Timer
  spare.refill()

  const shut = (free: number): void => {
    isShut = true
    listener.shut()
    spare.release()
    telemetry.count('gatehouse_door_shut_total')
    if (clock.elapsedMs() - toldMs < TOLD_EVERY_MS) return
    toldMs = clock.elapsedMs()
    telemetry.log('warn', 'too many connections: the listener for applications is shut until some are over', {
      freeDescriptors: free,
      mostDescriptors: descriptors.most,
    })
  }
  const reopen = (): void => {
    listener.reopen()
    isShut = false
    spare.refill()
  }
  const look = (): void => {
    timer = clock.after(LOOK_MS, look)
    const free = descriptors.free()
    if (!isShut && free < least) shut(free)
    else if (isShut && free > 2 * least) tryTo(reopen, telemetry)
  }
  timer = clock.after(LOOK_MS, look)
  return () => {
    timer.cancel()
    spare.release()
  }
}

/** Another program may have taken the port meanwhile; the next look tries again. */
function tryTo(reopen: () => void, telemetry: Telemetry): void {
  try {
    reopen()
  } catch (error) {
    telemetry.log('error', 'the listener for applications cannot be opened again', { error })
  }
}
