import { showUsd } from '../kit/money.ts'
import { TopUps } from '../ledger/top-ups.ts'
import type { TopUp } from '../store/top-ups.ts'
import type { Foundation } from './foundation.ts'

/** What is added to budgets for a time, and who keeps it in step with the store. */
export interface OpenTopUps {
  readonly board: TopUps
  /** Reads what holds after a change, and writes a line of the log about it. */
  changed(topUp: TopUp, did: 'raised' | 'ended'): Promise<void>
}

/** Reads what is added to budgets from the store. */
export async function openTopUps({
  store,
  clock,
  telemetry,
}: Pick<Foundation, 'store' | 'clock' | 'telemetry'>): Promise<OpenTopUps> {
  const board = new TopUps()
  const read = async (): Promise<void> => board.replace(await store.topUps.holdingAt(clock.nowMs()))
  await read()
  telemetry.gauge('gatehouse_budget_top_ups', () => board.holdingAt(clock.nowMs()))
  // One after the other, or an older answer could take the place of a newer one.
  let last: Promise<void> = Promise.resolve()
  return {
    board,
    changed({ id, owner, window, extraNanoUsd, untilMs, reason, by }, did) {
      telemetry.log(
        'info',
        did === 'raised' ? 'a budget was raised for a time' : 'what was added to a budget was ended',
        {
          id,
          scope: owner.scope,
          owner: owner.id,
          per: window,
          extra: showUsd(extraNanoUsd),
          until: new Date(untilMs).toISOString(),
          reason,
          by: by ?? '',
        },
      )
      last = last.then(read, read)
      return last
    },
  }
}
