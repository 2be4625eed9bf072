import type { GetSeries } from '../../api/answers.ts'
import type { ChartSeries, Intervals } from './model.ts'

const NANO = 1e9
/** How many colours there are. */
const MOST = 8

/** A list of values as `/api/v1/series` has it. */
type Told = GetSeries['series'][number]['values'][string]

/** Values as charts draw them; money in US dollars. */
export function numbersOf(values: Told | undefined): readonly (number | null)[] {
  return (values ?? []).map((value) =>
    typeof value === 'object' && value !== null ? Number(value.nano_usd) / NANO : value,
  )
}

/** The intervals of an answer. */
export function intervalsOf({
  at,
  step_ms: stepMs,
  unfinished,
}: Pick<GetSeries, 'at' | 'step_ms' | 'unfinished'>): Intervals {
  return { at: at.map((begin) => Date.parse(begin)), stepMs, unfinished }
}

export interface NamedOptions {
  readonly measure: string
  readonly colourOf: (name: string) => string
  /** How many are shown by their own names; the rest is one grey one. */
  readonly most?: number
  /** What those without a name are called. */
  readonly nameless?: string
  /** What stands beside a name in the legend. */
  readonly totalOf?: (values: readonly (number | null)[]) => string
}

/** The series of an answer by their names: those that come first, and one of all others, which says how many it is of. */
export function namedSeries(
  { series, others }: Pick<GetSeries, 'series' | 'others'>,
  { measure, colourOf, most = MOST, nameless = 'none', totalOf }: NamedOptions,
): readonly ChartSeries[] {
  const read = series.map(({ name, values }) => ({
    name: name === '' ? nameless : name,
    values: numbersOf(values[measure]),
  }))
  const [own, rest] = [read.slice(0, most), read.slice(most)]
  const told = own.map((one): ChartSeries => ({
    ...one,
    colour: colourOf(one.name),
    ...(totalOf === undefined ? {} : { total: totalOf(one.values) }),
  }))
  if (rest.length === 0) return told
  const values = sumOfAll(rest.map((one) => one.values))
  return [
    ...told,
    {
      name: `other (${own.length} of ${read.length + others} shown)`,
      values,
      colour: 'var(--cat-other)',
      ...(totalOf === undefined ? {} : { total: totalOf(values) }),
    },
  ]
}

/** Interval by interval; null where none of them is known. */
function sumOfAll(all: readonly (readonly (number | null)[])[]): readonly (number | null)[] {
  return (all[0] ?? []).map((_value, index) => {
    const known = all.flatMap((values) => values[index] ?? [])
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
  })
}
