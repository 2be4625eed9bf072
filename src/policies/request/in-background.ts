import type { Exchange } from '../../exchange/exchange.ts'
import { requestFields } from '../../exchange/trace-context.ts'
import type { MaybePromise } from '../../kit/maybe-promise.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** What the log is told where something fails that nobody waits for. */
export interface FailureNote {
  readonly telemetry: Telemetry
  readonly level: 'warn' | 'error'
  readonly message: string
  readonly exchange: Exchange
}

/** Lets something come to its end that nobody waits for. That it failed is a line in the log. */
export function inBackground(work: MaybePromise<void>, note: FailureNote): void {
  if (work instanceof Promise) void tellOfFailure(work, note)
}

async function tellOfFailure(
  work: Promise<void>,
  { telemetry, level, message, exchange }: FailureNote,
): Promise<void> {
  try {
    await work
  } catch (error) {
    telemetry.log(level, message, { ...requestFields(exchange), reason: String(error) })
  }
}
