const AGE_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Reads a moment as people write it: `2026-11-20T12:00:00Z`, `2026-11-20` (its first moment, UTC), or an age before now such as `24h`.
 * Gives milliseconds since the epoch, or undefined when it is none of these.
 */
export function parseMoment(text: string, nowMs: number): number | undefined {
  const age = /^(\d{1,6})([smhdw])$/.exec(text)
  if (age !== null) return nowMs - Number(age[1]) * (AGE_MS[age[2] ?? ''] ?? 0)
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text))
    return undefined
  const ms = Date.parse(text)
  return Number.isFinite(ms) ? ms : undefined
}
