import { LIMITS } from '../kit/limits.ts'
import { METRICS, metricFacts, type CounterName, type MetricFacts, type MetricName } from './metrics.ts'
import type { Counter, Histogram, Labels, Telemetry } from './telemetry.ts'

const OVERFLOW: CounterName = 'gatehouse_metric_overflow_total'
/** What every label says of series beyond the bound. */
const OTHER = 'other'
const NO_LABELS: Labels = {}

/** A value and the trace that it came from. */
export interface Exemplar {
  readonly value: number
  readonly traceId: string
}

/** How values are spread over the buckets of a histogram. */
export interface Distribution {
  /** How many values fell into each bucket itself, those beyond the last bound in one more. */
  readonly counts: Float64Array
  sum: number
  count: number
  /** The latest of each bucket, by its index; absent where no trace was ever told. */
  exemplars?: Exemplar[]
}

/** One line, or group of lines, of a metric. The values of its labels stand in the order of the table. */
export interface Series {
  readonly labels: readonly string[]
}

/** A sum, or a gauge that was read. */
export interface NumberSeries extends Series {
  value: number
}

/** A histogram. */
export interface DistributionSeries extends Series {
  readonly value: Distribution
}

/** One metric as it stands now. */
export interface MetricView {
  readonly name: MetricName
  readonly facts: MetricFacts
  readonly numbers: readonly NumberSeries[]
  readonly distributions: readonly DistributionSeries[]
}

/** Counters, histograms and gauges, to be written for whoever asks. */
export interface Registry extends Omit<Telemetry, 'log'> {
  /** Every metric that has something to show, in the order of the table. */
  read(): readonly MetricView[]
}

/** Creates an empty registry. Series come into being when they are first used; recording costs a lookup by label values. */
export function createRegistry(): Registry {
  const counters = new Families<NumberSeries>((labels) => ({ labels, value: 0 }))
  const histograms = new Families<DistributionSeries>((labels, { buckets = [] }) => ({
    labels,
    value: { counts: new Float64Array(buckets.length + 1), sum: 0, count: 0 },
  }))
  const gauges = new Families<GaugeSeries>((labels) => ({ labels, read: () => Number.NaN }))
  const refused = (metric: string): void => {
    counters.of(OVERFLOW).get({ metric }).value += 1
  }
  counters.onOverflow = refused
  histograms.onOverflow = refused
  return {
    count(name, labels, by = 1) {
      counters.of(name).get(labels).value += by
    },
    observe(name, value, labels) {
      const family = histograms.of(name)
      record(family.get(labels).value, value, family.facts.buckets)
    },
    counter(name, labels) {
      return new AddedTo(counters.of(name).get(labels))
    },
    histogram(name, labels) {
      const family = histograms.of(name)
      return new Observed(family.get(labels).value, family.facts.buckets)
    },
    gauge(name, read, labels) {
      gauges.of(name).get(labels).read = read
    },
    read: () =>
      metricNames().flatMap((name): MetricView[] => {
        const facts = metricFacts(name)
        const sums = counters.find(name)
        const numbers = sums.length > 0 ? sums : gauges.find(name).map(readGauge)
        const distributions = histograms.find(name)
        return numbers.length + distributions.length === 0 ? [] : [{ name, facts, numbers, distributions }]
      }),
  }
}

/** The names of all metrics, in the order of the table. */
export function metricNames(): readonly MetricName[] {
  return Object.keys(METRICS).filter(isMetricName)
}

function isMetricName(name: string): name is MetricName {
  return name in METRICS
}

interface GaugeSeries extends Series {
  read: () => number
}

class AddedTo implements Counter {
  readonly #series: NumberSeries

  constructor(series: NumberSeries) {
    this.#series = series
  }

  add(by: number): void {
    this.#series.value += by
  }
}

class Observed implements Histogram {
  readonly #distribution: Distribution
  readonly #buckets: readonly number[] | undefined

  constructor(distribution: Distribution, buckets: readonly number[] | undefined) {
    this.#distribution = distribution
    this.#buckets = buckets
  }

  observe(value: number, traceId?: string): void {
    const bucket = record(this.#distribution, value, this.#buckets)
    if (traceId !== undefined) (this.#distribution.exemplars ??= [])[bucket] = { value, traceId }
  }
}

function record(distribution: Distribution, value: number, buckets: readonly number[] = []): number {
  distribution.sum += value
  distribution.count += 1
  let bucket = 0
  while (bucket < buckets.length && value > (buckets[bucket] ?? 0)) bucket += 1
  distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1
  return bucket
}

/** What cannot be read is not a number, and no reason to show nothing else. */
function readGauge({ labels, read }: GaugeSeries): NumberSeries {
  try {
    return { labels, value: read() }
  } catch {
    return { labels, value: Number.NaN }
  }
}

/** The metrics of one kind. */
class Families<Of extends Series> {
  readonly #families = new Map<MetricName, Family<Of>>()
  readonly #create: (labels: readonly string[], facts: MetricFacts) => Of
  /** Told of each label set beyond the bound of a metric. */
  onOverflow: (name: MetricName) => void = () => undefined

  constructor(create: (labels: readonly string[], facts: MetricFacts) => Of) {
    this.#create = create
  }

  of(name: MetricName): Family<Of> {
    let family = this.#families.get(name)
    if (family === undefined) {
      const facts = metricFacts(name)
      family = new Family(
        facts,
        (labels) => this.#create(labels, facts),
        () => this.onOverflow(name),
      )
      this.#families.set(name, family)
    }
    return family
  }

  find(name: MetricName): readonly Of[] {
    return this.#families.get(name)?.all ?? []
  }
}

/** A step towards a series: one per label, so that finding a series builds no text. */
interface Branch<Of> {
  series?: Of
  readonly below: Map<string, Branch<Of>>
}

/** The series of one metric: the values of its labels tell them apart. */
class Family<Of extends Series> {
  readonly facts: MetricFacts
  /** In the order in which they came into being. */
  readonly all: Of[] = []
  readonly #root: Branch<Of> = { below: new Map() }
  readonly #create: (labels: readonly string[]) => Of
  readonly #onOverflow: () => void

  constructor(facts: MetricFacts, create: (labels: readonly string[]) => Of, onOverflow: () => void) {
    this.facts = facts
    this.#create = create
    this.#onOverflow = onOverflow
  }

  /** The series of a label set, or that of all others where there are too many. */
  get(labels = NO_LABELS): Of {
    let branch: Branch<Of> | undefined = this.#root
    for (const name of this.facts.labels) {
      branch = branch.below.get(labels[name] ?? '')
      if (branch === undefined) break
    }
    return branch?.series ?? this.#add(labels)
  }

  #add(labels: Labels): Of {
    if (this.all.length < LIMITS.metricSeries)
      return this.#plant(this.facts.labels.map((name) => labels[name] ?? ''))
    this.#onOverflow()
    return this.#plant(this.facts.labels.map(() => OTHER))
  }

  #plant(values: readonly string[]): Of {
    let branch = this.#root
    for (const value of values) {
      const known = branch.below.get(value)
      const next = known ?? { below: new Map() }
      if (known === undefined) branch.below.set(value, next)
      branch = next
    }
    if (branch.series !== undefined) return branch.series
    const created = this.#create(values)
    branch.series = created
    this.all.push(created)
    return created
  }
}
