/** Names and values of labels. Fixed sets only: no ids, users or free text. */
export type Labels = Readonly<Record<string, string>>

/**
 * Where the house reports how it is doing. Calls never fail and never wait.
 */
export interface Telemetry {
  /** Adds to a counter. */
  count(name: string, labels?: Labels, by?: number): void
  /** Records a duration or size in a histogram, in base units (seconds, bytes). */
  observe(name: string, value: number, labels?: Labels): void
  /** Registers a gauge that is read when somebody looks. */
  gauge(name: string, read: () => number, labels?: Labels): void
  /** Writes one line to the log. `fields` must not hold secrets or content. */
  log(
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void
}
