import type { CounterName, GaugeName, HistogramName, LabelsOf } from './metrics.ts'

/** Names and values of labels, as the table of metrics (`metrics.ts`) has them. */
export type Labels = Readonly<Record<string, string>>

/** A sum that only grows. */
export interface Counter {
  add(by: number): void
}

/** Durations or sizes, in base units (seconds, bytes). */
export interface Histogram {
  /** @param traceId the trace that the value is an example of, where that is exported */
  observe(value: number, traceId?: string): void
}

/**
 * Where the house reports how it is doing. Calls never fail and never wait. Only what stands in the table of metrics is counted.
 */
export interface Telemetry {
  /** Adds to a counter. */
  count<Name extends CounterName>(name: Name, labels?: LabelsOf<Name>, by?: number): void
  /** Records a duration or size in a histogram, in base units (seconds, bytes). */
  observe<Name extends HistogramName>(name: Name, value: number, labels?: LabelsOf<Name>): void
  /** Finds a counter, for somebody who adds to it again and again. It is shown from now on. */
  counter<Name extends CounterName>(name: Name, labels?: LabelsOf<Name>): Counter
  /** As `counter`. */
  histogram<Name extends HistogramName>(name: Name, labels?: LabelsOf<Name>): Histogram
  /** Registers a gauge that is read when somebody looks. */
  gauge<Name extends GaugeName>(name: Name, read: () => number, labels?: LabelsOf<Name>): void
  /** Writes one line to the log. `fields` must not hold secrets or content. */
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void
}
