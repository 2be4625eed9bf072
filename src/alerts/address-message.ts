import type { AlertChannel } from '../exchange/alert.ts'
import { LIMITS } from '../kit/limits.ts'
import type { AlertDeliveryRow, AlertItem } from '../store/alerts.ts'
import { quietUntilMs } from './quiet-hours.ts'

export interface AddressNeeds {
  /** Messages that wait for this channel, in order. */
  readonly waiting: readonly AlertDeliveryRow[]
  /** Of all channels. */
  readonly waitingInAll: number
  readonly nowMs: number
  readonly mintId: () => string
}

/**
 * Puts an item into a message to a channel: into one of its own, at once; or where the channel has a digest or it is quiet there, into the one
 * that is gathered, which is begun where there is none. What is critical never waits for company.
 */
export function addressMessage(
  channel: AlertChannel,
  item: AlertItem,
  needs: AddressNeeds,
): AlertDeliveryRow {
  const { waiting, waitingInAll, nowMs, mintId } = needs
  const dueAtMs = dueFor(channel, item, nowMs)
  const gathering = dueAtMs > nowMs ? waiting.find((delivery) => isGathering(delivery, nowMs)) : undefined
  if (gathering !== undefined) return { ...gathering, items: [...gathering.items, item] }
  const delivery = { id: mintId(), channel: channel.name, items: [item], createdAtMs: nowMs, attempts: 0 }
  if (waitingInAll >= LIMITS.alertQueue)
    return {
      ...delivery,
      state: 'failed',
      dueAtMs,
      endedAtMs: nowMs,
      reason: `${LIMITS.alertQueue} messages wait already`,
    }
  return { ...delivery, state: 'waiting', dueAtMs }
}

/** Nothing is added to a message that was tried, or is due: whoever has it already must not get another under its id. */
function isGathering({ attempts, dueAtMs, items, state }: AlertDeliveryRow, nowMs: number): boolean {
  return state === 'waiting' && attempts === 0 && dueAtMs > nowMs && items.length < LIMITS.alertDigestItems
}

function dueFor({ digestMs = 0, quiet }: AlertChannel, { severity }: AlertItem, nowMs: number): number {
  if (severity === 'critical') return nowMs
  const digestDueMs = nowMs + digestMs
  return Math.max(digestDueMs, quiet === undefined ? 0 : (quietUntilMs(quiet, digestDueMs) ?? 0))
}
