import { toPlainText } from '../../kit/plain-text.ts'

/** What became of a delivery: what is `unavailable` is worth trying again, what was `refused` would be refused again. */
export type Delivery =
  | { readonly result: 'delivered'; readonly rejected: number }
  | { readonly result: 'refused'; readonly why: string }
  | { readonly result: 'unavailable'; readonly why: string }

/** Everything was taken. */
export const DELIVERED: Delivery = { result: 'delivered', rejected: 0 }

const WHY_CHARACTERS = 200

/** A reason as it can be shown. */
export function shownReason(why: string): string {
  return toPlainText(why, WHY_CHARACTERS)
}
