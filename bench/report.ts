import { spreadOf, type Place, type Results, type Spread } from './windows.ts'

/** A figure with its spread, in as many digits as its size is worth. */
function spelled(spread: Spread | undefined): string {
  if (spread === undefined) return '–'
  const size = Math.abs(spread.median)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
  return `${spread.median.toFixed(digits)} [${spread.low.toFixed(digits)}–${spread.high.toFixed(digits)}]`
}

/** All figures, one line per scenario and system. Failures are summed: one of them is what a user would remember. */
export function renderFigures(results: Results): string {
  const lines: string[] = []
  for (const [scenario, measured] of results.scenarios) {
    for (const [system, windows] of measured) {
      const names = new Set(windows.flatMap((figures) => Object.keys(figures)))
      const shown = [...names].map((figure) => {
        const values = results.values({ scenario, system, figure })
        if (figure !== 'failures') return `${figure} ${spelled(spreadOf(values))}`
        return `failures ${values.reduce((sum, value) => sum + value, 0)}`
      })
      lines.push(`${scenario.padEnd(20)} ${system.padEnd(16)} ${shown.join('  ')}`)
    }
  }
  return lines.join('\n')
}

const REQUEST = 'cpuMicrosPerRequest'
const CHUNK = 'cpuMicrosPerChunk'
const OWN = 'gatehouse'

/** What the figures mean: ratios and differences within each window, beside their goals. */
export function renderGoals(results: Results): string {
  const at = (scenario: string, system: string, figure: string): Place => ({ scenario, system, figure })
  const divide = (one: number, other: number): number => one / other
  const over = (one: Place, other: Place): string => spelled(results.paired(one, other, divide))
  const added = (scenario: string, figure: string): string => {
    const bare = at(scenario, 'direct', figure)
    return spelled(results.paired(at(scenario, OWN, figure), bare, (own, other) => own - other))
  }
  const cpu = (scenario: string, figure: string, other: string): string =>
    over(at(scenario, OWN, figure), at(scenario, other, figure))
  const moved = (system: string): string => {
    const [scenario, figures] = ['c16 beside 20 MB', ['besideP99Ms', 'quietP99Ms']] as const
    const [beside, quiet] = figures.map((figure) => at(scenario, system, figure))
    return beside === undefined || quiet === undefined
      ? '–'
      : spelled(results.paired(beside, quiet, (one, other) => one - other))
  }
  const worst = (scenario: string, system: string, figure: string): string => {
    const values = results.values(at(scenario, system, figure))
    return values.length === 0 ? '–' : Math.max(...values).toFixed(0)
  }
  const many = '500 streams at 50/s'
  const parsed = at('parse and stringify', 'this process', REQUEST)
  return table([
    ['CPU per request, 64 callers / nginx (≤ 7.5, then 6)', cpu('unary c64', REQUEST, 'nginx')],
    ['  / bare proxy', cpu('unary c64', REQUEST, 'bare')],
    [
      '  portkey / gatehouse (≥ 14)',
      over(at('unary c64', 'portkey', REQUEST), at('unary c64', OWN, REQUEST)),
    ],
    [
      'same dialect / translated, CPU (≥ 0.9)',
      over(at('unary c64', OWN, REQUEST), at('translated c64', OWN, REQUEST)),
    ],
    ['CPU per request, one caller / nginx (≤ 4.2)', cpu('unary c1', REQUEST, 'nginx')],
    ['added p50, one caller, ms (≤ 0.180)', added('unary c1', 'p50Ms')],
    ['added p99, one caller, ms (≤ 1.0)', added('unary c1', 'p99Ms')],
    ['CPU per chunk, verbatim / nginx (≤ 2.5)', cpu('stream', CHUNK, 'nginx')],
    ['  / bare proxy', cpu('stream', CHUNK, 'bare')],
    [
      'CPU per chunk, translated / nginx (≤ 3.5)',
      over(at('stream translated', OWN, CHUNK), at('stream', 'nginx', CHUNK)),
    ],
    [`CPU per chunk, ${many} / nginx (≤ 2)`, cpu(many, CHUNK, 'nginx')],
    ['added time to first token, p99, ms (≤ 1)', added('stream', 'firstTokenP99Ms')],
    [
      `${many}: longest gap, ms; direct`,
      `${worst(many, OWN, 'longestGapMs')}; ${worst(many, 'direct', 'longestGapMs')}`,
    ],
    ['embeddings: parse + stringify / gatehouse, CPU (≥ 5)', over(parsed, at('embeddings', OWN, REQUEST))],
    ['  gatehouse / nginx', cpu('embeddings', REQUEST, 'nginx')],
    ['  gatehouse / bare proxy', cpu('embeddings', REQUEST, 'bare')],
    ['p99 of 16 callers beside bodies of 20 MB moves by, ms (≤ 5)', moved(OWN)],
    ['  of nginx; of direct calls', `${moved('nginx')}; ${moved('direct')}`],
    ['memory idle, MB (≤ 80)', spelled(spreadOf(results.values(at('idle', OWN, 'memoryMb'))))],
    ...renderChange(results),
    ...renderExtras(results),
  ])
}

/** Now over before, window by window, of every figure that a change should not make larger. */
function renderChange(results: Results): readonly (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = []
  for (const [scenario, measured] of results.scenarios) {
    const [window] = measured.get('gatehouse-before') ?? []
    for (const figure of Object.keys(window ?? {})) {
      if (figure === 'failures' || figure === 'busy' || figure === 'requestsPerSecond') continue
      const [now, before] = [OWN, 'gatehouse-before'].map((system) => ({ scenario, system, figure }))
      if (now === undefined || before === undefined) continue
      rows.push([
        `${scenario}: ${figure}, now / before`,
        spelled(results.paired(now, before, (one, other) => one / other)),
      ])
    }
  }
  return rows
}

/** What more is switched on, over the usual, window by window. */
function renderExtras(results: Results): readonly (readonly [string, string])[] {
  return [...results.scenarios].flatMap(([scenario, measured]) =>
    [...measured]
      .filter(([system]) => system.startsWith(`${OWN}+`))
      .flatMap(([system, [window]]) =>
        Object.keys(window ?? {})
          .filter((figure) => figure.includes('Micros'))
          .map((figure) => overUsual(results, { scenario, system, figure })),
      ),
  )
}

function overUsual(results: Results, place: Place): readonly [string, string] {
  const { scenario, system, figure } = place
  const ratio = results.paired(place, { ...place, system: OWN }, (one, other) => one / other)
  return [`${scenario}: ${figure}, ${system} / ${OWN}`, spelled(ratio)]
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length))
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n')
}
