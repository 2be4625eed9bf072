export const ALERT_PHASES = ['pending', 'firing', 'resolved'] as const

export type AlertPhase = (typeof ALERT_PHASES)[number]

/** Something that rings, rang, or will when it lasts. Of a rule and a key there is one at a time that is not resolved. */
export interface AlertRow {
  readonly id: string
  readonly rule: string
  /** What it rings for of what the rule watches: a route, a budget; the empty text: all of it. */
  readonly key: string
  readonly phase: AlertPhase
  readonly severity: string
  /** How things stood when it was last looked at, in words. */
  readonly text: string
  readonly value?: number
  readonly unit?: string
  /** Since when it holds. */
  readonly sinceMs: number
  readonly firedAtMs?: number
  /** Since when it holds no more, while it rings. */
  readonly calmSinceMs?: number
  readonly resolvedAtMs?: number
  readonly acknowledgedAtMs?: number
  readonly acknowledgedBy?: string
  /** Channels that were told that it rings. */
  readonly told: readonly string[]
}

export const ALERT_EVENTS = ['fired', 'resolved', 'test'] as const

export type AlertEvent = (typeof ALERT_EVENTS)[number]

/** One thing that a message tells. */
export interface AlertItem {
  readonly event: AlertEvent
  readonly alertId: string
  readonly rule: string
  readonly kind: string
  readonly key: string
  readonly severity: string
  readonly text: string
  readonly description?: string
  readonly sinceMs: number
  readonly atMs: number
}

export const DELIVERY_STATES = ['waiting', 'delivered', 'failed', 'withheld'] as const

export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** A message to a channel, and what became of it. */
export interface AlertDeliveryRow {
  readonly id: string
  readonly channel: string
  readonly state: DeliveryState
  readonly items: readonly AlertItem[]
  readonly createdAtMs: number
  /** When it is tried (again). */
  readonly dueAtMs: number
  readonly attempts: number
  readonly endedAtMs?: number
  /** Why it was not delivered, or not at first. */
  readonly reason?: string
}

/** A rule that tells nobody for a while. */
export interface AlertMute {
  readonly rule: string
  readonly untilMs: number
  readonly atMs: number
  readonly by?: string
}

/** What is written at once: all of it or nothing. */
export interface AlertChange {
  /** Added, or put in the place of those with the same id. */
  readonly alerts?: readonly AlertRow[]
  /** Ids of alerts that never rang. */
  readonly forgotten?: readonly string[]
  readonly deliveries?: readonly AlertDeliveryRow[]
  readonly mutes?: readonly AlertMute[]
  /** Rules that are muted no longer. */
  readonly unmuted?: readonly string[]
}

/** Keys that nobody uses. */
export interface UnusedKeys {
  readonly names: readonly string[]
  readonly count: number
}

export interface UnusedKeysQuery {
  /** Keys that are declared, by id; the store does not know them. */
  readonly declared: readonly { readonly id: string; readonly name: string }[]
  /** Nothing was asked with them since then, and they are older. */
  readonly sinceMs: number
  readonly nowMs: number
  /** Names that are told. */
  readonly most: number
}

/** Everything that is not over. */
export interface OpenAlerts {
  /** Those that pend or ring. */
  readonly alerts: readonly AlertRow[]
  /** Messages that wait. */
  readonly deliveries: readonly AlertDeliveryRow[]
  readonly mutes: readonly AlertMute[]
  /** The last message of each channel that did not wait. */
  readonly last: readonly AlertDeliveryRow[]
}
