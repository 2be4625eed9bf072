import type { Figures } from './scenarios.ts'

/** scenario → system → figures. */
export type Results = ReadonlyMap<string, ReadonlyMap<string, Figures>>

type Row = readonly [string, string]

const number = (value: number | undefined, digits = 2): string =>
  value === undefined || !Number.isFinite(value) ? '–' : value.toFixed(digits)

function figure(results: Results, scenario: string, system: string, name: string): number | undefined {
  return results.get(scenario)?.get(system)?.[name]
}

/** The raw figures, one line per scenario and system. */
export function renderFigures(results: Results): string {
  const lines: string[] = []
  for (const [scenario, systems] of results) {
    for (const [system, figures] of systems) {
      const shown = Object.entries(figures).map(
        ([name, value]) => `${name} ${number(value, value >= 100 ? 0 : 3)}`,
      )
      lines.push(`${scenario.padEnd(20)} ${system.padEnd(10)} ${shown.join('  ')}`)
    }
  }
  return lines.join('\n')
}

/** What the figures mean: ratios against the others in the same run, beside their goals. */
export function renderRatios(results: Results): string {
  const cpu = (scenario: string, system: string, name: string): number | undefined =>
    figure(results, scenario, system, name)
  const ratio = (over: number | undefined, under: number | undefined): number | undefined =>
    over === undefined || under === undefined ? undefined : over / under
  const added = (scenario: string, name: string): number | undefined => {
    const [own, bare] = [
      figure(results, scenario, 'gatehouse', name),
      figure(results, scenario, 'direct', name),
    ]
    return own === undefined || bare === undefined ? undefined : own - bare
  }
  const request = 'cpuMicrosPerRequest'
  const perChunk = 'cpuMicrosPerChunk'
  const rows: readonly Row[] = [
    [
      'requests per CPU-second / nginx (goal ≥ 0.25, later 0.40)',
      number(ratio(cpu('unary c64', 'nginx', request), cpu('unary c64', 'gatehouse', request))),
    ],
    [
      'requests per CPU-second / portkey (goal ≥ 8, later 12)',
      number(ratio(cpu('unary c64', 'portkey', request), cpu('unary c64', 'gatehouse', request))),
    ],
    [
      'translated / same dialect, per CPU-second (goal ≥ 0.70, later 0.80)',
      number(ratio(cpu('unary c64', 'gatehouse', request), cpu('translated c64', 'gatehouse', request))),
    ],
    ['added latency p50, concurrency 1, ms (later ≤ 0.15)', number(added('unary c1', 'p50Ms'), 3)],
    ['added latency p99, concurrency 1, ms (goal ≤ 2, later 0.8)', number(added('unary c1', 'p99Ms'), 3)],
    [
      'CPU per chunk, verbatim / nginx (later ≤ 2.0)',
      number(ratio(cpu('stream', 'gatehouse', perChunk), cpu('stream', 'nginx', perChunk))),
    ],
    [
      'CPU per chunk, translated / nginx (later ≤ 2.5)',
      number(ratio(cpu('stream translated', 'gatehouse', perChunk), cpu('stream', 'nginx', perChunk))),
    ],
    [
      'added time to first token of a stream, p50 / p99, ms (later p99 ≤ 1)',
      `${number(added('stream', 'firstTokenP50Ms'), 3)} / ${number(added('stream', 'firstTokenP99Ms'), 3)}`,
    ],
    [
      '500 streams at 50/s: longest gap, ms (direct beside it)',
      `${number(figure(results, '500 streams at 50/s', 'gatehouse', 'longestGapMs'), 0)} (${number(figure(results, '500 streams at 50/s', 'direct', 'longestGapMs'), 0)})`,
    ],
    [
      '500 streams at 50/s: failures',
      number(figure(results, '500 streams at 50/s', 'gatehouse', 'failures'), 0),
    ],
    ['memory idle, MB (goal ≤ 90, later 80)', number(figure(results, 'idle', 'gatehouse', 'memoryMb'), 0)],
  ]
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n')
}
