import type { Clock, Timer } from '../../kit/clock.ts'
import type { Registry } from '../registry.ts'
import type { GenAiMetrics } from './genai-metrics.ts'
import type { Telemetry } from '../telemetry.ts'
import { shownReason, type Delivery } from '../sinks/delivery.ts'
import { aroundExport, type Origin } from './otlp-json.ts'
import type { SinkState } from '../sinks/sink.ts'
import { toOtlpMetrics } from './write-metrics.ts'

const NAME = 'otlp-metrics'

/** What the export of metrics works with. */
export interface MetricsExportParts {
  readonly registry: Pick<Registry, 'read'>
  /** Those of the GenAI conventions. */
  readonly genAi: Pick<GenAiMetrics, 'write'>
  readonly origin: Origin
  /** Must not reject. */
  readonly deliver: (body: string) => Promise<Delivery>
  readonly everyMs: number
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Sends all metrics as they stand, again and again. What does not arrive is in the next delivery: sums only grow. */
export class MetricsExport implements SinkState {
  readonly name = NAME
  readonly #parts: MetricsExportParts
  readonly #startMs: number
  #timer: Timer | undefined
  #failingSinceMs: number | undefined
  refusal: string | undefined
  #isClosed = false
  /** Each delivery holds everything: nothing waits, and nothing is lost for good. */
  readonly waiting = 0
  readonly lost = 0
  delivered = 0

  constructor(parts: MetricsExportParts) {
    this.#parts = parts
    this.#startMs = parts.clock.nowMs()
    this.#wait()
  }

  get stalledMs(): number {
    return this.#failingSinceMs === undefined ? 0 : this.#parts.clock.elapsedMs() - this.#failingSinceMs
  }

  /** Sends once more. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    if (this.#failingSinceMs === undefined) await this.#send()
  }

  #wait(): void {
    if (this.#isClosed) return
    this.#timer = this.#parts.clock.after(
      this.#parts.everyMs,
      () => void this.#send().finally(() => this.#wait()),
    )
  }

  async #send(): Promise<void> {
    const { registry, genAi, origin, deliver, clock, telemetry } = this.#parts
    const time = { startMs: this.#startMs, nowMs: clock.nowMs() }
    const metrics = [...toOtlpMetrics(registry.read(), time), ...genAi.write(time)]
    const { resource, scope } = aroundExport(origin)
    const delivery = await deliver(
      JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] }),
    )
    telemetry.count('gatehouse_sink_delivery_total', { sink: NAME, result: delivery.result })
    if (delivery.result === 'delivered') {
      this.delivered += 1
      this.#failingSinceMs = undefined
      this.refusal = undefined
      return
    }
    this.#failingSinceMs ??= clock.elapsedMs()
    this.refusal = shownReason(delivery.why)
  }
}
