import type { Distribution, DistributionSeries, Exemplar, MetricView, NumberSeries } from './registry.ts'

/** The text format 0.0.4 that every scraper takes, or OpenMetrics 1.0, which carries traces as examples. */
export type MetricsFormat = 'text' | 'openmetrics'

/** The media types of the two, as scrapers ask for them and are told. */
export const METRICS_TYPES: Readonly<Record<MetricsFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
}

/** The format that a scraper's `accept` asks for. */
export function askedFormat(accept: string | undefined): MetricsFormat {
  return accept?.includes('application/openmetrics-text') === true ? 'openmetrics' : 'text'
}

/** Writes metrics as Prometheus reads them. */
export function writeMetrics(metrics: readonly MetricView[], format: MetricsFormat = 'text'): string {
  const text = metrics.map((metric) => head(metric, format) + series(metric, format)).join('')
  return format === 'openmetrics' ? `${text}# EOF\n` : text
}

function head({ name, facts }: MetricView, format: MetricsFormat): string {
  const family = format === 'openmetrics' && facts.kind === 'counter' ? name.replace(/_total$/, '') : name
  return `# HELP ${family} ${facts.help.replaceAll('\\', '\\\\')}\n# TYPE ${family} ${facts.kind}\n`
}

function series(metric: MetricView, format: MetricsFormat): string {
  return (
    metric.numbers.map((one) => plain(metric, one)).join('') +
    metric.distributions.map((one) => histogram(metric, one, format)).join('')
  )
}

function plain({ name, facts }: MetricView, { labels, value }: NumberSeries): string {
  return `${name}${spell(facts.labels, labels)} ${value}\n`
}

function histogram(
  { name, facts }: MetricView,
  { labels, value }: DistributionSeries,
  format: MetricsFormat,
): string {
  const bounds = [...(facts.buckets ?? []).map(String), '+Inf']
  const shown = format === 'openmetrics' ? value.exemplars : undefined
  const of = spell(facts.labels, labels)
  const lines = below(value).map((count, index) => {
    const bucket = spell([...facts.labels, 'le'], [...labels, bounds[index] ?? ''])
    return `${name}_bucket${bucket} ${count}${example(shown?.[index])}\n`
  })
  return `${lines.join('')}${name}_sum${of} ${value.sum}\n${name}_count${of} ${value.count}\n`
}

/** How many values are at or below each bound. */
function below({ counts }: Distribution): number[] {
  let sum = 0
  return [...counts].map((count) => (sum += count))
}

function example(exemplar: Exemplar | undefined): string {
  return exemplar === undefined ? '' : ` # {trace_id="${exemplar.traceId}"} ${exemplar.value}`
}

function spell(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return ''
  return `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
