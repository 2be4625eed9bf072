import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { readText, type Unread } from '../words/reading.ts'

/** The time that pages look at, as the address says it, in the words of the admin API: an age before now, or two moments. */
export interface RangeSearch {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** Ages that are offered. */
export const AGES = {
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
} as const

const USUAL = '24h'
const AGE = /^(\d{1,4})([mhdw])$/
const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
const UNIT_NAMES = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks' } as const

type Unit = keyof typeof UNIT_MS

function readAge(text: string): { readonly many: number; readonly unit: Unit } | undefined {
  const [, many, letter] = AGE.exec(text) ?? []
  const unit = (['m', 'h', 'd', 'w'] as const).find((one) => one === letter)
  return many === undefined || unit === undefined ? undefined : { many: Number(many), unit }
}

const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(Date.parse(text))

/** What an address says of the time; the usual one is not said, and what is no time is left out. */
export function readRange(search: Unread): RangeSearch {
  const from = readText(search, 'from')
  const to = readText(search, 'to')
  if (from === undefined || from === USUAL || (readAge(from) === undefined && !isMoment(from))) return {}
  return to === undefined || !isMoment(to) || readAge(from) !== undefined ? { from } : { from, to }
}

/** The time that the pages look at. */
export interface TimeRange {
  /** For the admin API. */
  readonly from: string
  readonly to: string | undefined
  /** `from` and `to` as parameters. */
  readonly query: string
  /** How long it is, in milliseconds, and when it begins and ends. */
  readonly lengthMs: number
  readonly span: (nowMs: number) => { readonly fromMs: number; readonly toMs: number }
  /** Ends now, whenever that is. */
  readonly isRelative: boolean
  /** `Last 7 days`; undefined for two moments. */
  readonly name: string | undefined
  /** Looks at another time, on this page and those that follow. */
  readonly choose: (range: RangeSearch) => void
  /** Looks at the time between two moments, milliseconds since the epoch. */
  readonly zoom: (fromMs: number, toMs: number) => void
}

/** The time of the address, which all pages share. */
export function useTimeRange(): TimeRange {
  const { from = USUAL, to } = useSearch({ strict: false })
  const navigate = useNavigate({ from: '/' })
  return useMemo(() => {
    const choose = (range: RangeSearch): void =>
      void navigate({
        to: '.',
        search: (before) => ({ ...before, from: undefined, to: undefined, ...readRange({ ...range }) }),
        resetScroll: false,
      })
    return { ...rangeOf(from, to), choose, zoom: (fromMs, toMs) => choose(rangeBetween(fromMs, toMs)) }
  }, [from, to, navigate])
}

/** Two moments as an address says them. */
export function rangeBetween(fromMs: number, toMs: number): RangeSearch {
  const [from, to] = [fromMs, toMs].map((ms) => new Date(ms).toISOString().replace(/(:00)?\.\d+Z$/, 'Z'))
  return { from, to }
}

function rangeOf(from: string, to: string | undefined): Omit<TimeRange, 'choose' | 'zoom'> {
  const query = String(new URLSearchParams(to === undefined ? { from } : { from, to }))
  const age = readAge(from)
  if (age !== undefined) {
    const lengthMs = age.many * UNIT_MS[age.unit]
    const span = (nowMs: number) => ({ fromMs: nowMs - lengthMs, toMs: nowMs })
    return { from, to: undefined, query, lengthMs, span, isRelative: true, name: nameOfAge(from, age) }
  }
  const fromMs = Date.parse(from)
  const end = to === undefined ? undefined : Date.parse(to)
  const span = (nowMs: number) => ({ fromMs, toMs: end ?? nowMs })
  const lengthMs = (end ?? Date.now()) - fromMs
  return { from, to, query, lengthMs, span, isRelative: end === undefined, name: undefined }
}

function nameOfAge(text: string, { many, unit }: { readonly many: number; readonly unit: Unit }): string {
  const known = Object.entries(AGES).find(([age]) => age === text)
  return known?.[1] ?? `Last ${many} ${many === 1 ? UNIT_NAMES[unit].slice(0, -1) : UNIT_NAMES[unit]}`
}
