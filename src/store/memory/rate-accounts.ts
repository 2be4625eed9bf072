import type { RateCharge, RateVerdict } from '../store.ts'
import { makeRoom } from './make-room.ts'
import { RateWindow } from './rate-window.ts'
import { defined } from '../../kit/defined.ts'

type RateState = RateVerdict['states'][number]

/** The windows of all accounts. */
export interface RateAccounts {
  take(charges: readonly RateCharge[], nowMs: number): RateVerdict
  adjust(charges: readonly RateCharge[], takenAtMs: number, nowMs: number): void
  readonly size: number
}

/**
 * Creates windows that come into being with their first charge. The accounts of one call must differ.
 *
 * @param capacity accounts held at once; beyond it the emptiest of the oldest is forgotten, which admits too much rather than too little
 */
export function createRateAccounts(capacity: number): RateAccounts {
  const windows = new Map<string, RateWindow>()

  // Apart from the search, which is made for every charge and so would make a closure for each.
  const makeRoomAt = (nowMs: number): void => {
    makeRoom(windows, capacity, (window) => {
      window.advance(nowMs)
      return window.total === 0 ? 'over' : 'idle'
    })
  }

  const windowOf = ({ account, windowMs }: RateCharge, nowMs: number): RateWindow => {
    const known = windows.get(account)
    if (known !== undefined && known.windowMs === windowMs) {
      known.advance(nowMs)
      return known
    }
    if (known === undefined) makeRoomAt(nowMs)
    const created = new RateWindow(windowMs, nowMs)
    windows.set(account, created)
    return created
  }

  return {
    take(charges, nowMs) {
      const touched: RateWindow[] = []
      let refusedBy = -1
      for (const charge of charges) {
        const window = windowOf(charge, nowMs)
        if (refusedBy < 0 && window.total + charge.units > charge.limit) refusedBy = touched.length
        touched.push(window)
      }
      const states: RateState[] = []
      for (const charge of charges) {
        const window = touched[states.length]
        if (refusedBy < 0) window?.take(charge.units)
        states.push(stateOf(charge, window, nowMs))
      }
      if (refusedBy < 0) return { admitted: true, states }
      const retryAfterMs = waitFor(charges, touched, nowMs)
      return { admitted: false, states, refusedBy, ...defined({ retryAfterMs }) }
    },
    adjust(charges, takenAtMs, nowMs) {
      for (const charge of charges) {
        const window = windowOf(charge, nowMs)
        if (charge.units >= 0) window.giveBack(charge.units, takenAtMs)
        else window.take(-charge.units)
      }
    },
    get size() {
      return windows.size
    },
  }
}

function stateOf({ limit }: RateCharge, window: RateWindow | undefined, nowMs: number): RateState {
  if (window === undefined) return { remaining: limit, resetMs: 0 }
  return {
    remaining: Math.max(0, Math.floor(limit - window.total)),
    resetMs: window.msUntilEmpty(nowMs),
  }
}

/** Until every charge of the call fits, or undefined when one of them asks for more than its limit and never will. */
function waitFor(
  charges: readonly RateCharge[],
  windows: readonly RateWindow[],
  nowMs: number,
): number | undefined {
  let waitMs = 0
  for (const [index, { units, limit }] of charges.entries()) {
    if (units > limit) return undefined
    const window = windows[index]
    if (window === undefined) continue
    waitMs = Math.max(waitMs, window.msUntilFreed(window.total + units - limit, nowMs))
  }
  return waitMs
}
