const SATURDAY = 6

/** Whether a moment lies in a weekend, UTC. */
export function isWeekend(ms: number): boolean {
  return new Date(ms).getUTCDay() % SATURDAY === 0
}
