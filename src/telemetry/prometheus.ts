import type { Counter, Histogram, Labels } from './telemetry.ts'

/** Upper bounds in seconds, from the time a lookup takes to the longest answer. */
const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80,
  160,
] as const
/** Label sets per metric; what comes later is counted under `__other__`. */
const MOST_SERIES = 500
const OTHER: Labels = { series: '__other__' }
const NO_LABELS: Labels = {}

/** One line (or group of lines) of a metric. */
interface Series<Value> {
  readonly labels: Labels
  value: Value
}

interface Distribution {
  /** How many values fell into each bucket itself; summed up when somebody looks. */
  readonly counts: Float64Array
  sum: number
  count: number
}

/** A step towards a series: one per label, so that finding a series builds no text. */
interface Branch<Value> {
  series?: Series<Value>
  readonly below: Map<string, Branch<Value>>
}

/** The series of one metric, which is always recorded with the same label names: their values tell the series apart. */
interface Family<Value> {
  readonly root: Branch<Value>
  /** In the order in which they came into being. */
  readonly all: Series<Value>[]
}

/** Counters, histograms and gauges, readable as text. */
export interface Registry {
  count(name: string, labels?: Labels, by?: number): void
  observe(name: string, value: number, labels?: Labels): void
  counter(name: string, labels?: Labels): Counter
  histogram(name: string, labels?: Labels): Histogram
  gauge(name: string, read: () => number, labels?: Labels): void
  /** Everything in the Prometheus text format 0.0.4. */
  render(): string
}

/** Creates an empty registry. Metrics come into being when they are first used; recording costs a lookup by label values. */
export function createRegistry(): Registry {
  const counters = new Map<string, Family<number>>()
  const histograms = new Map<string, Family<Distribution>>()
  const gauges = new Map<string, Family<() => number>>()
  const counterOf = (name: string, labels = NO_LABELS): Series<number> =>
    seriesOf(familyOf(counters, name), labels, zero)
  const histogramOf = (name: string, labels = NO_LABELS): Series<Distribution> =>
    seriesOf(familyOf(histograms, name), labels, createDistribution)
  return {
    count(name, labels, by = 1) {
      counterOf(name, labels).value += by
    },
    observe(name, value, labels) {
      record(histogramOf(name, labels).value, value)
    },
    counter(name, labels) {
      const series = counterOf(name, labels)
      return { add: (by) => void (series.value += by) }
    },
    histogram(name, labels) {
      const { value: distribution } = histogramOf(name, labels)
      return { observe: (value) => record(distribution, value) }
    },
    gauge(name, read, labels = NO_LABELS) {
      seriesOf(familyOf(gauges, name), labels, () => read).value = read
    },
    render: () =>
      [
        ...[...counters].map(([name, family]) => renderPlain(name, 'counter', family.all)),
        ...[...histograms].map(([name, family]) => renderHistogram(name, family.all)),
        ...[...gauges].map(([name, family]) => renderPlain(name, 'gauge', readGauges(family.all))),
      ].join(''),
  }
}

function zero(): number {
  return 0
}

function createDistribution(): Distribution {
  return { counts: new Float64Array(BUCKETS.length + 1), sum: 0, count: 0 }
}

function record(distribution: Distribution, value: number): void {
  distribution.sum += value
  distribution.count += 1
  let bucket = 0
  while (bucket < BUCKETS.length && value > (BUCKETS[bucket] ?? 0)) bucket += 1
  distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1
}

function familyOf<Value>(metrics: Map<string, Family<Value>>, name: string): Family<Value> {
  let family = metrics.get(name)
  if (family === undefined) {
    family = { root: { below: new Map() }, all: [] }
    metrics.set(name, family)
  }
  return family
}

function seriesOf<Value>(family: Family<Value>, labels: Labels, create: () => Value): Series<Value> {
  let branch: Branch<Value> | undefined = family.root
  for (const name in labels) {
    branch = branch.below.get(labels[name] ?? '')
    if (branch === undefined) return addSeries(family, labels, create)
  }
  return branch.series ?? addSeries(family, labels, create)
}

function addSeries<Value>(family: Family<Value>, labels: Labels, create: () => Value): Series<Value> {
  if (family.all.length >= MOST_SERIES && labels !== OTHER) return seriesOf(family, OTHER, create)
  let branch = family.root
  for (const value of Object.values(labels)) {
    const known = branch.below.get(value)
    const next = known ?? { below: new Map() }
    if (known === undefined) branch.below.set(value, next)
    branch = next
  }
  const created = { labels, value: create() }
  branch.series = created
  family.all.push(created)
  return created
}

function formatLabels(labels: Labels, more = ''): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  if (more !== '') parts.push(more)
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function readGauges(family: readonly Series<() => number>[]): Series<number>[] {
  return family.map(({ labels, value }) => ({ labels, value: readGauge(value) }))
}

/** What cannot be read is not a number, and no reason to show nothing else. */
function readGauge(read: () => number): number {
  try {
    return read()
  } catch {
    return Number.NaN
  }
}

function renderPlain(name: string, type: string, family: readonly Series<number>[]): string {
  let text = `# TYPE ${name} ${type}\n`
  for (const { labels, value } of family) text += `${name}${formatLabels(labels)} ${value}\n`
  return text
}

function renderHistogram(name: string, family: readonly Series<Distribution>[]): string {
  let text = `# TYPE ${name} histogram\n`
  for (const { labels, value } of family) {
    let below = 0
    BUCKETS.forEach((bound, index) => {
      below += value.counts[index] ?? 0
      text += `${name}_bucket${formatLabels(labels, `le="${bound}"`)} ${below}\n`
    })
    text += `${name}_bucket${formatLabels(labels, 'le="+Inf"')} ${value.count}\n`
    text += `${name}_sum${formatLabels(labels)} ${value.sum}\n${name}_count${formatLabels(labels)} ${value.count}\n`
  }
  return text
}
