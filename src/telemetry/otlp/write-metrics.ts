import type { DistributionSeries, MetricView } from '../registry.ts'
import { toKeyValues, toNanoText, type KeyValue } from './otlp-json.ts'

/** AGGREGATION_TEMPORALITY_CUMULATIVE. */
export const CUMULATIVE = 2
const UNITS: readonly (readonly [end: RegExp, unit: string])[] = [
  [/_seconds$/, 's'],
  [/_bytes$/, 'By'],
  [/_usd(_total)?$/, 'USD'],
]

/** Between what times metrics have been counted, wall time in milliseconds. */
export interface CountedTime {
  readonly startMs: number
  readonly nowMs: number
}

/** `Metric`s of opentelemetry/proto/metrics/v1 in their JSON form, as they stand now. What is not a number is left out. */
export function toOtlpMetrics(metrics: readonly MetricView[], time: CountedTime): object[] {
  const times = timesOf(time)
  return metrics.flatMap((metric): object[] => {
    const { name, facts, numbers, distributions } = metric
    const head = { name, description: facts.help, unit: unitOf(name) }
    if (facts.kind === 'histogram') {
      const dataPoints = distributions.map((series) => ({ ...times, ...distribution(metric, series) }))
      return [{ ...head, histogram: { dataPoints, aggregationTemporality: CUMULATIVE } }]
    }
    const dataPoints = numbers
      .filter(({ value }) => Number.isFinite(value))
      .map(({ labels, value }) => ({ ...times, attributes: attributesOf(metric, labels), asDouble: value }))
    if (dataPoints.length === 0) return []
    return facts.kind === 'counter'
      ? [{ ...head, sum: { dataPoints, aggregationTemporality: CUMULATIVE, isMonotonic: true } }]
      : [{ ...head, gauge: { dataPoints } }]
  })
}

/** The times of a data point. */
export function timesOf({ startMs, nowMs }: CountedTime): {
  readonly startTimeUnixNano: string
  readonly timeUnixNano: string
} {
  return { startTimeUnixNano: toNanoText(startMs), timeUnixNano: toNanoText(nowMs) }
}

function unitOf(name: string): string {
  return UNITS.find(([end]) => end.test(name))?.[1] ?? '1'
}

function attributesOf({ facts }: MetricView, values: readonly string[]): KeyValue[] {
  return toKeyValues(Object.fromEntries(facts.labels.map((label, index) => [label, values[index] ?? ''])))
}

function distribution(metric: MetricView, { labels, value }: DistributionSeries): object {
  return {
    attributes: attributesOf(metric, labels),
    count: String(value.count),
    sum: value.sum,
    bucketCounts: [...value.counts].map(String),
    explicitBounds: metric.facts.buckets ?? [],
  }
}
