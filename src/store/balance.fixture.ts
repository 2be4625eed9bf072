import type { NanoUsd } from '../kit/money.ts'
import type { CounterStore } from './store.ts'

/** For tests: what is spent and held of an account, as a refusal tells it; undefined when it is not known. Changes nothing. */
export async function balanceOf(
  counters: Pick<CounterStore, 'reserve'>,
  account: string,
): Promise<{ readonly spentNanoUsd: NanoUsd; readonly heldNanoUsd: NanoUsd } | undefined> {
  const closed = { account, limitNanoUsd: -1n, endsAtMs: Number.POSITIVE_INFINITY }
  const verdict = await counters.reserve('balance', 1n, [closed], 0)
  if (verdict.admitted) throw new Error('nothing fits into less than nothing')
  if ('unknown' in verdict) return undefined
  const { spentNanoUsd, heldNanoUsd } = verdict
  return { spentNanoUsd, heldNanoUsd }
}
