import type { AlertChannel, AlertPlan, AlertRule } from '../exchange/alert.ts'
import { defined } from '../kit/defined.ts'
import type { AlertChange, AlertDeliveryRow, AlertEvent, AlertItem, AlertRow } from '../store/alerts.ts'
import { addressMessage } from './address-message.ts'
import type { Advance } from './advance.ts'

/** What is needed to tell somebody of what became of alerts. */
export interface RingNeeds {
  readonly plan: AlertPlan
  readonly rule: AlertRule
  /** Until when the rule tells nobody; absent: it is not muted. */
  readonly mutedUntilMs?: number
  /** Messages that wait, of all channels, in order. */
  readonly waiting: (channel: string) => readonly AlertDeliveryRow[]
  readonly waitingInAll: number
  readonly nowMs: number
  readonly mintId: () => string
}

/** What is to be written after a look at a rule: what became of its alerts, and who is told. */
export function ring(steps: readonly Advance[], needs: RingNeeds): AlertChange {
  const post = new Post(needs)
  const alerts = steps.flatMap(({ change, row }) => {
    switch (change) {
      case 'forgotten':
        return []
      case 'seen':
        return isTellable(row, needs) ? [post.tellFired(row)] : []
      case 'pending':
      case 'calming':
      case 'again':
        return [row]
      case 'fired':
        return [post.tellFired(row)]
      case 'resolved':
        post.tellResolved(row)
        return [row]
    }
  })
  const forgotten = steps.flatMap(({ change, row }) => (change === 'forgotten' ? [row.id] : []))
  return { alerts, forgotten, deliveries: post.deliveries() }
}

/** It rings, and nobody knows: the rule was muted, or had no channels. */
function isTellable(row: AlertRow, { rule, mutedUntilMs }: RingNeeds): boolean {
  const isKnown = row.told.length > 0 || row.acknowledgedAtMs !== undefined
  return row.phase === 'firing' && !isKnown && mutedUntilMs === undefined && rule.to.length > 0
}

/** The messages of one look: what goes to one channel for a digest goes into one message. */
class Post {
  readonly #needs: RingNeeds
  /** By id; those of before that are added to, and new ones. */
  readonly #written = new Map<string, AlertDeliveryRow>()

  constructor(needs: RingNeeds) {
    this.#needs = needs
  }

  deliveries(): readonly AlertDeliveryRow[] {
    return [...this.#written.values()]
  }

  /** Gives the alert with the channels that are told. */
  tellFired(row: AlertRow): AlertRow {
    const { plan, rule, mutedUntilMs } = this.#needs
    const item = itemOf('fired', row, this.#needs)
    const told: string[] = []
    for (const name of rule.to) {
      const channel = plan.channels.get(name)
      if (channel === undefined) continue
      if (mutedUntilMs === undefined) {
        this.#send(channel, item)
        told.push(name)
      } else this.#withhold(name, item, mutedUntilMs)
    }
    return { ...row, told }
  }

  /** Whoever was told that it rings is told that it is over, muted or not: else it would ring there for ever. */
  tellResolved(row: AlertRow): void {
    const item = itemOf('resolved', row, this.#needs)
    for (const name of row.told) {
      const channel = this.#needs.plan.channels.get(name)
      if (channel === undefined) continue
      if (channel.tellsResolved || channel.address.type === 'pagerduty') this.#send(channel, item)
    }
  }

  #send(channel: AlertChannel, item: AlertItem): void {
    const { waiting, waitingInAll, nowMs, mintId } = this.#needs
    const before = waiting(channel.name).map((delivery) => this.#written.get(delivery.id) ?? delivery)
    const known = new Set(before.map(({ id }) => id))
    const added = [...this.#written.values()].filter(
      (delivery) => delivery.channel === channel.name && !known.has(delivery.id),
    )
    const delivery = addressMessage(channel, item, {
      waiting: [...before, ...added],
      waitingInAll: waitingInAll + added.length,
      nowMs,
      mintId,
    })
    this.#written.set(delivery.id, delivery)
  }

  #withhold(channel: string, item: AlertItem, untilMs: number): void {
    const { nowMs, mintId } = this.#needs
    const id = mintId()
    this.#written.set(id, {
      id,
      channel,
      state: 'withheld',
      items: [item],
      createdAtMs: nowMs,
      dueAtMs: nowMs,
      attempts: 0,
      endedAtMs: nowMs,
      reason: `the rule is muted until ${new Date(untilMs).toISOString()}`,
    })
  }
}

/** What a message tells of an alert. */
function itemOf(
  event: AlertEvent,
  row: AlertRow,
  { rule, nowMs }: Pick<RingNeeds, 'rule' | 'nowMs'>,
): AlertItem {
  return {
    event,
    alertId: row.id,
    rule: row.rule,
    kind: rule.kind,
    key: row.key,
    severity: row.severity,
    text: row.text,
    ...defined({ description: rule.description }),
    sinceMs: row.firedAtMs ?? row.sinceMs,
    atMs: nowMs,
  }
}
