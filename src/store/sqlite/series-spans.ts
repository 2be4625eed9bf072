/** The lengths of the intervals that sums are kept for. */
export const SERIES_SPANS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const
