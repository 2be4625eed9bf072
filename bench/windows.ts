import { writeFileSync } from 'node:fs'
import type { Running } from './process.ts'

/** Figures of one system in one window. */
export type Figures = Readonly<Record<string, number>>

/** What a scenario measured: the figures of every system, window by window, in the same order for all. */
export type Measured = ReadonlyMap<string, readonly Figures[]>

/** A value with the middle half of what was measured. */
export interface Spread {
  readonly low: number
  readonly median: number
  readonly high: number
}

export interface Interleaving {
  readonly systems: readonly (readonly [string, Running])[]
  readonly windows: number
  measure(running: Running): Promise<Figures>
}

/**
 * Measures all systems in turn, window after window, so that what the machine's other tenants do meets them alike; every other window goes
 * through them backwards, so that none always follows the same one.
 */
export async function interleave({ systems, windows, measure }: Interleaving): Promise<Measured> {
  const measured = new Map<string, Figures[]>(systems.map(([name]) => [name, []]))
  for (let window = 0; window < windows; window += 1) {
    const turn = window % 2 === 0 ? systems : systems.toReversed()
    for (const [name, running] of turn) measured.get(name)?.push(await measure(running))
  }
  return measured
}

/** Median and quartiles, between two values where they fall there; undefined where nothing was measured. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.filter(Number.isFinite).toSorted((one, two) => one - two)
  const at = (share: number): number => {
    const place = (sorted.length - 1) * share
    const [below = Number.NaN, above = Number.NaN] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
    return below + (above - below) * (place % 1)
  }
  return sorted.length === 0 ? undefined : { low: at(0.25), median: at(0.5), high: at(0.75) }
}

/** Where a figure of a system is to be found. */
export interface Place {
  readonly scenario: string
  readonly system: string
  readonly figure: string
}

/** Everything that was measured, scenario by scenario. */
export class Results {
  readonly scenarios = new Map<string, Measured>()

  /** The figure in every window. */
  values({ scenario, system, figure }: Place): readonly number[] {
    const windows = this.scenarios.get(scenario)?.get(system) ?? []
    return windows.map((figures) => figures[figure] ?? Number.NaN)
  }

  /**
   * Two figures put together window by window: what disturbs a window disturbs both. Those of two scenarios, or where one has fewer windows,
   * are paired as far as they go.
   */
  paired(one: Place, other: Place, together: (one: number, other: number) => number): Spread | undefined {
    const others = this.values(other)
    const values = this.values(one).map((value, window) => together(value, others[window] ?? Number.NaN))
    return spreadOf(values)
  }

  /** Keeps everything, window by window, for whoever wants to look again. */
  write(path: string, about: Readonly<Record<string, unknown>>): void {
    const plain = [...this.scenarios].map(([name, measured]) => [name, Object.fromEntries(measured)])
    writeFileSync(path, `${JSON.stringify({ ...about, results: Object.fromEntries(plain) }, null, 2)}\n`)
  }
}
