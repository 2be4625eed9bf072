import type { Unit } from '../../words/units.ts'

/** Values over the intervals of a chart, under one name. */
export interface ChartSeries {
  readonly name: string
  readonly colour: string
  /** A value for each interval; null: nothing is known. Money in US dollars, times in milliseconds, shares from 0 to 1. */
  readonly values: readonly (number | null)[]
  /** Beside the name in the legend, such as its sum. */
  readonly total?: string
  /** `hatch`: invented money; `outline`: estimates; `dashed`: a forecast. */
  readonly look?: 'hatch' | 'outline' | 'dashed'
}

/** Series on one scale: bars stand on each other, lines beside each other. */
export interface Lane {
  readonly kind: 'bars' | 'lines'
  readonly unit: Unit
  readonly series: readonly ChartSeries[]
  /** For a small number beside a big one: a lane of its own that says so. */
  readonly isOwnScale?: true
  /** A line across, and what happens there. */
  readonly marks?: readonly { readonly value: number; readonly text: string }[]
}

/** The intervals that all lanes of a chart share. */
export interface Intervals {
  /** The begin of each, milliseconds since the epoch. */
  readonly at: readonly number[]
  readonly stepMs: number
  /** The one that is not over. */
  readonly unfinished?: number | undefined
}

/** Something that happened, as a line with a flag. */
export interface ChartFlag {
  readonly at: number
  readonly text: string
}

/** What bars of an interval come to when they stand on each other. */
export function heightAt(lane: Lane, index: number): number {
  const known = lane.series.map(({ values }) => values[index] ?? 0)
  return lane.kind === 'bars' ? known.reduce((sum, value) => sum + value, 0) : Math.max(0, ...known)
}

/** The ticks of a lane, from zero; the last one is its top. Three to five round numbers. */
export function ticksOf(lane: Lane): readonly number[] {
  const longest = Math.max(0, ...lane.series.map(({ values }) => values.length))
  let most = Math.max(0, ...(lane.marks ?? []).map(({ value }) => value))
  for (let index = 0; index < longest; index += 1) most = Math.max(most, heightAt(lane, index))
  const whole = lane.unit === 'count' || lane.unit === 'tokens'
  if (most <= 0) return [0, whole ? 1 : lane.unit === 'share' ? 0.01 : 1]
  const step = stepFor(most / (lane.isOwnScale === true ? 1 : 4), whole)
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_one, index) => index * step)
}

function stepFor(least: number, whole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const step = ([1, 2, 2.5, 5].find((one) => one * power >= least) ?? 10) * power
  return whole ? Math.max(1, Math.ceil(step)) : Number(step.toPrecision(6))
}

/** Flags that stand in each other's way, as one. */
export interface FlagGroup {
  readonly at: number
  readonly text: string
  readonly all: readonly ChartFlag[]
}

/** How near flags may stand, as a share of the width. */
const NEAR = 0.11

/** Flags of the time, those near each other together, those of the same text once. */
export function groupFlags(flags: readonly ChartFlag[], fromMs: number, toMs: number): readonly FlagGroup[] {
  const groups: { at: number; all: ChartFlag[] }[] = []
  for (const flag of flags.toSorted((one, other) => one.at - other.at)) {
    if (flag.at < fromMs || flag.at > toMs) continue
    const last = groups.at(-1)
    if (last !== undefined && flag.at - last.at < NEAR * (toMs - fromMs)) last.all.push(flag)
    else groups.push({ at: flag.at, all: [flag] })
  }
  return groups.map(({ at, all }) => {
    const texts = [...new Set(all.map(({ text }) => text))]
    return { at, all, text: texts.length === 1 ? (texts[0] ?? '') : `${all.length} changes` }
  })
}
