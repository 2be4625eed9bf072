/**
 * How closely the house follows what is said. `none`: only what metering needs, the provider's bytes pass unread. `read`: the
 * bytes pass all the same, and the full decoder reads along. `rewrite`: nothing passes that was not translated.
 */
export type ContentAccess = 'none' | 'read' | 'rewrite'

/** From the loosest to the closest. */
const CLOSENESS: Readonly<Record<ContentAccess, number>> = { none: 0, read: 1, rewrite: 2 }

/** The closer of two: what several layers say together. */
export function closestAccess(one: ContentAccess, other: ContentAccess): ContentAccess {
  return CLOSENESS[one] < CLOSENESS[other] ? other : one
}
