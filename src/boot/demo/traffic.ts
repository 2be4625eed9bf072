import { defined } from '../../kit/defined.ts'
import type { Random } from '../../kit/random.ts'
import type { Application, Story } from './story.ts'
import { isWeekend } from './weekend.ts'

const HOUR_MS = 3_600_000
const DAY_HOURS = 24
/** Share of a working day's conversations that begin in each of its hours, UTC. */
// oxfmt-ignore
const OFFICE_HOURS = [0.6, 0.4, 0.3, 0.3, 0.4, 1, 2.5, 5.5, 8.5, 9.5, 9, 7.5, 6, 8, 8.5, 8, 6.5, 4.5, 3.5, 3, 2.5, 2, 1.2, 0.8]
const OF_ALL = OFFICE_HOURS.reduce((sum, share) => sum + share, 0)
/** What comes by a timetable comes within two hours. */
const TIMETABLE_HOURS = 2
const PAUSE_MS = [15_000, 90_000] as const
const GROWTH_A_DAY = 0.018

/** One request of an application. */
export interface Ask {
  readonly atMs: number
  readonly application: Application
  readonly session?: string
  readonly user?: string
  readonly customer?: string
  /** What is asked in turn, the latest last. */
  readonly prompts: readonly string[]
  /** Of the whole request, about. */
  readonly inputTokens: number
}

/** What is asked from one moment to another, in the order of time. The same random gives the same. */
export function traffic({ applications }: Story, span: Span, random: Random): readonly Ask[] {
  const asks: Ask[] = []
  for (let hourMs = floorTo(span.fromMs, HOUR_MS); hourMs < span.toMs; hourMs += HOUR_MS)
    for (const application of applications) {
      const count = drawn(perHour(application, hourMs, span), random)
      for (let each = 0; each < count; each += 1)
        asks.push(...conversation(application, hourMs + random.next() * HOUR_MS, random))
    }
  return asks
    .filter(({ atMs }) => atMs >= span.fromMs && atMs < span.toMs)
    .sort((one, other) => one.atMs - other.atMs)
}

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

const floorTo = (ms: number, step: number): number => ms - (ms % step)

function perHour({ perDay, weekend, at }: Application, hourMs: number, { toMs }: Span): number {
  const hour = new Date(hourMs).getUTCHours()
  const daysAgo = (toMs - hourMs) / (DAY_HOURS * HOUR_MS)
  const day = perDay * (isWeekend(hourMs) ? weekend : 1) * (1 - GROWTH_A_DAY * daysAgo)
  if (at !== undefined) return hour >= at && hour < at + TIMETABLE_HOURS ? day / TIMETABLE_HOURS : 0
  return (day * (OFFICE_HOURS[hour] ?? 0)) / OF_ALL
}

/** A whole number whose mean is `expected`, as of things that happen by chance (Knuth's method; fine for small numbers). */
function drawn(expected: number, random: Random): number {
  const least = Math.exp(-expected)
  let count = 0
  for (let left = random.next(); left > least; left *= random.next()) count += 1
  return count
}

function conversation(application: Application, beginMs: number, random: Random): Ask[] {
  const { turns, input, session, users, customers, prompts } = application
  const count = Math.round(between(turns, random))
  const firstTokens = between(input, random)
  const who = {
    ...defined({ session: session === undefined ? undefined : `${session}-${hex(random)}` }),
    ...defined({ user: picked(users, random), customer: picked(customers, random) }),
  }
  const asked: string[] = []
  let atMs = beginMs
  return Array.from({ length: count }, (_none, turn) => {
    asked.push(picked(prompts, random) ?? '')
    const ask = {
      ...who,
      application,
      atMs,
      prompts: [...asked],
      inputTokens: Math.round(firstTokens * (1 + 0.18 * turn)),
    }
    atMs += between(PAUSE_MS, random)
    return ask
  })
}

function picked<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[Math.floor(random.next() * items.length)]
}

function between([least, most]: readonly [number, number], random: Random): number {
  return least + random.next() * (most - least)
}

function hex(random: Random): string {
  return Buffer.from(random.bytes(3)).toString('hex')
}
