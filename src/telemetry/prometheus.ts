import type { Labels } from './telemetry.ts'

/** Upper bounds in seconds, from the time a lookup takes to the longest answer. */
const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80,
  160,
] as const
/** Label sets per metric; what comes later is counted under `__other__`. */
const MOST_SERIES = 500
const OTHER = '{series="__other__"}'

interface Histogram {
  readonly counts: number[]
  sum: number
  count: number
}

/** Counters, histograms and gauges, readable as text. */
export interface Registry {
  count(name: string, labels?: Labels, by?: number): void
  observe(name: string, value: number, labels?: Labels): void
  gauge(name: string, read: () => number, labels?: Labels): void
  /** Everything in the Prometheus text format 0.0.4. */
  render(): string
}

/** Creates an empty registry. Metrics come into being when they are first used. */
export function createRegistry(): Registry {
  const counters = new Map<string, Map<string, number>>()
  const histograms = new Map<string, Map<string, Histogram>>()
  const gauges = new Map<string, Map<string, () => number>>()
  return {
    count(name, labels, by = 1) {
      const series = seriesOf(counters, name)
      const key = seriesKey(series, labels)
      series.set(key, (series.get(key) ?? 0) + by)
    },
    observe(name, value, labels) {
      const series = seriesOf(histograms, name)
      const key = seriesKey(series, labels)
      let histogram = series.get(key)
      if (histogram === undefined) {
        histogram = { counts: BUCKETS.map(() => 0), sum: 0, count: 0 }
        series.set(key, histogram)
      }
      record(histogram, value)
    },
    gauge(name, read, labels) {
      seriesOf(gauges, name).set(formatLabels(labels), read)
    },
    render: () =>
      [
        ...[...counters].map(([name, series]) => renderPlain(name, 'counter', series)),
        ...[...histograms].map(([name, series]) => renderHistogram(name, series)),
        ...[...gauges].map(([name, series]) =>
          renderPlain(name, 'gauge', new Map([...series].map(([key, read]) => [key, read()]))),
        ),
      ].join(''),
  }
}

function record(histogram: Histogram, value: number): void {
  histogram.sum += value
  histogram.count += 1
  for (let index = BUCKETS.length - 1; index >= 0; index -= 1) {
    if (value > (BUCKETS[index] ?? 0)) break
    histogram.counts[index] = (histogram.counts[index] ?? 0) + 1
  }
}

function seriesOf<Value>(metrics: Map<string, Map<string, Value>>, name: string): Map<string, Value> {
  let series = metrics.get(name)
  if (series === undefined) {
    series = new Map()
    metrics.set(name, series)
  }
  return series
}

function seriesKey(series: ReadonlyMap<string, unknown>, labels: Labels | undefined): string {
  const key = formatLabels(labels)
  return series.size < MOST_SERIES || series.has(key) ? key : OTHER
}

function formatLabels(labels: Labels | undefined): string {
  if (labels === undefined) return ''
  let text = ''
  for (const name of Object.keys(labels)) {
    text += `${text === '' ? '{' : ','}${name}="${escapeLabel(labels[name] ?? '')}"`
  }
  return text === '' ? '' : `${text}}`
}

function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value
}

function renderPlain(name: string, type: string, series: ReadonlyMap<string, number>): string {
  let text = `# TYPE ${name} ${type}\n`
  for (const [labels, value] of series) text += `${name}${labels} ${value}\n`
  return text
}

function renderHistogram(name: string, series: ReadonlyMap<string, Histogram>): string {
  let text = `# TYPE ${name} histogram\n`
  for (const [labels, histogram] of series) {
    const inner = labels === '' ? '' : `${labels.slice(1, -1)},`
    BUCKETS.forEach((bound, index) => {
      text += `${name}_bucket{${inner}le="${bound}"} ${histogram.counts[index] ?? 0}\n`
    })
    text += `${name}_bucket{${inner}le="+Inf"} ${histogram.count}\n`
    text += `${name}_sum${labels} ${histogram.sum}\n${name}_count${labels} ${histogram.count}\n`
  }
  return text
}
