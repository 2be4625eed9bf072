import type { Clock } from '../../kit/clock.ts'
import type { EndedRequest } from '../ended-request.ts'
import type { RequestRecord } from '../record-fields.ts'
import type { Delivery } from './delivery.ts'

/** Records on their way, each a line. The same batch is the same however often it is sent. */
export interface RecordBatch {
  /** Id of the first record, which no other batch begins with. */
  readonly id: string
  /** When the first of them began, wall time in milliseconds. */
  readonly atMs: number
  readonly lines: readonly string[]
}

/** A place where records of requests are sent. */
export interface RecordChannel {
  /** One record as its line, without a line feed. */
  spell(record: RequestRecord): string
  /** Must not reject. */
  send(batch: RecordBatch): Promise<Delivery>
}

/** What records are written with. */
export interface RecordWriting {
  readonly toRecord: (request: EndedRequest) => RequestRecord
  readonly clock: Clock
}

/** Records that are written before everybody else has a turn: a few hundred microseconds. */
const AT_ONCE = 16

/** Has requests that are over written and sent. Requests under way are let by while that is done. */
export async function deliverRecords(
  channel: RecordChannel,
  { toRecord, clock }: RecordWriting,
  requests: readonly EndedRequest[],
): Promise<Delivery> {
  const lines: string[] = []
  for (const request of requests) {
    if (lines.length % AT_ONCE === AT_ONCE - 1) await turnOf(clock)
    lines.push(channel.spell(toRecord(request)))
  }
  const [first] = requests
  return channel.send({ id: first?.id ?? '', atMs: first?.atMs ?? 0, lines })
}

function turnOf(clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.afterTurn(resolve))
}
