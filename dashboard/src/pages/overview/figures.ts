import type { GetOverview } from '../../api/answers.ts'
import { valueText, type Unit } from '../../words/units.ts'

type Figure = GetOverview['figures'][number]
type Value = Figure['value']

const NANO = 1e9
/** Of fewer things no share is told. */
const LEAST = 20

/** Figures of an overview by their measures, as numbers; money in US dollars. */
export interface Figures {
  readonly value: (measure: Figure['measure']) => number | undefined
  readonly values: (measure: Figure['measure']) => readonly (number | null)[]
  /** How it moved against the equal weekdays before; undefined where there is nothing to compare with. */
  readonly moved: (measure: Figure['measure'], unit: Unit) => string | undefined
}

/** Reads the figures. */
export function figuresOf({ figures }: Pick<GetOverview, 'figures'>): Figures {
  const of = (measure: Figure['measure']): Figure | undefined =>
    figures.find((one) => one.measure === measure)
  return {
    value: (measure) => numberOf(of(measure)?.value ?? null) ?? undefined,
    values: (measure) => (of(measure)?.values ?? []).map(numberOf),
    moved(measure, unit) {
      const [now, before] = [of(measure)?.finished, of(measure)?.before].map((one) => numberOf(one ?? null))
      return now === undefined || before === undefined ? undefined : movedText(now, before, unit)
    },
  }
}

function numberOf(value: Value): number | null {
  return typeof value === 'object' && value !== null ? Number(value.nano_usd) / NANO : value
}

function movedText(now: number | null, before: number | null, unit: Unit): string | undefined {
  if (now === null || before === null) return undefined
  const sign = now < before ? '−' : '+'
  const by = Math.abs(now - before)
  if (unit === 'share') return `${sign}${(100 * by).toFixed(2)} points`
  if (unit !== 'count') return `${sign}${valueText(by, unit)}`
  return before < LEAST ? undefined : `${sign}${((100 * by) / before).toFixed(1)} %`
}
