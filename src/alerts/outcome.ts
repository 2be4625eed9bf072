import type { AlertDeliveryRow } from '../store/alerts.ts'

/** What became of an attempt to deliver a message. */
export type Outcome =
  | { readonly result: 'delivered' }
  /** Trying again does not help. */
  | { readonly result: 'refused'; readonly why: string }
  | { readonly result: 'unavailable'; readonly why: string; readonly retryAfterMs?: number }

/** Sends a message to its channel. Never rejects, and ends within its time. */
export type SendMessage = (delivery: AlertDeliveryRow, stopped: AbortSignal) => Promise<Outcome>
