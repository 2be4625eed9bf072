import { metricFacts } from '../src/telemetry/metrics.ts'
import { metricNames } from '../src/telemetry/registry.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# Metrics

\`GET /metrics\` at the admin listener shows these, with the admin token, in the Prometheus text format or as OpenMetrics
(\`Accept: application/openmetrics-text\`), which has traces beside buckets where [traces are exported](telemetry.md). The table is
\`src/telemetry/metrics.ts\`; \`npm run docs\` writes this page and a test compares the two.

A metric is shown once there is something to count. It has at most \`metricSeries\` ([limits](limits.md)) label sets: what comes later
is counted together with \`other\` in each label, and \`gatehouse_metric_overflow_total\` tells it.
[deploy/prometheus](../deploy/prometheus) has alert rules, [deploy/grafana](../deploy/grafana) a dashboard.

\`\`\`yaml
# prometheus.yml
scrape_configs:
  - job_name: gatehouse
    scrape_interval: 15s
    authorization: { credentials_file: /etc/gatehouse/admin-token }
    static_configs: [{ targets: ['127.0.0.1:4101'] }]
rule_files: [gatehouse.rules.yaml]
\`\`\`
`

/** The reference of metrics as Markdown: `docs/metrics.md`. */
export function metricsReference(): string {
  const rows = metricNames().map((name) => {
    const { kind, labels, help, buckets } = metricFacts(name)
    const shown = labels.map((label) => `\`${label}\``).join(', ')
    return tableLine([
      `\`${name}\``,
      kind,
      shown,
      buckets === undefined ? help : `${help} Buckets: ${buckets.join(', ')}.`,
    ])
  })
  const columns = ['metric', 'kind', 'labels', 'meaning']
  return `${[INTRODUCTION, tableLine(columns), tableLine(columns.map(() => '---')), ...rows].join('\n')}\n`
}
