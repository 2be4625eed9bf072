/** Names and values of labels. Fixed sets only: no ids, users or free text. */
export type Labels = Readonly<Record<string, string>>

/** A sum that only grows. */
export interface Counter {
  add(by: number): void
}

/** Durations or sizes, in base units (seconds, bytes). */
export interface Histogram {
  observe(value: number): void
}

/**
 * Where the house reports how it is doing. Calls never fail and never wait.
 */
export interface Telemetry {
  /** Adds to a counter. */
  count(name: string, labels?: Labels, by?: number): void
  /** Records a duration or size in a histogram, in base units (seconds, bytes). */
  observe(name: string, value: number, labels?: Labels): void
  /** Finds a counter, for somebody who adds to it again and again. It is shown from now on. */
  counter(name: string, labels?: Labels): Counter
  /** As `counter`. */
  histogram(name: string, labels?: Labels): Histogram
  /** Registers a gauge that is read when somebody looks. */
  gauge(name: string, read: () => number, labels?: Labels): void
  /** Writes one line to the log. `fields` must not hold secrets or content. */
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void
}
