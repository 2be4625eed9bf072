import type { Caller } from '../exchange/caller.ts'
import { decisionIdOf } from '../exchange/decision.ts'
import { writeReplay } from '../exchange/decision-record.ts'
import { OWN_HEADERS } from '../exchange/own-headers.ts'
import { REPLAYED_HEADER } from '../kit/idempotency-key.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { RequestRow } from '../store/store.ts'
import { bareRow, type Bare } from './bare-row.ts'
import type { Reply } from './packed-reply.ts'

/** A request that gets what an earlier one got. */
export interface Replay extends Omit<Bare, 'outcome' | 'status'> {
  readonly reply: Reply
  readonly caller: Caller
  readonly durationMs: number
}

/**
 * The answer to a request that repeats another: what that one got, byte by byte, under an id of its own.
 *
 * @param own the headers of answers that belong to no exchange
 */
export function replayed(requestId: string, reply: Reply, own: Readonly<Record<string, string>>): Response {
  const { status, headers, body } = reply
  return new Response(body, {
    status,
    headers: {
      ...headers,
      ...own,
      [OWN_HEADERS.decision]: decisionIdOf(requestId),
      [OWN_HEADERS.replayOf]: reply.requestId,
      [REPLAYED_HEADER]: 'true',
    },
  })
}

/** Its line in the request log: nobody was asked for it, and it used nothing. */
export function replayRow(replay: Replay): RequestRow {
  const { reply, caller, durationMs, requestId, planVersion } = replay
  const { outcome, status, stream, model, route, target, requestId: of } = reply
  const row: Mutable<RequestRow> = {
    ...bareRow({ ...replay, outcome, status }),
    stream,
    requestedModel: model,
    owners: caller.owners,
    keyName: caller.keyName,
    durationMs,
    attemptCount: 0,
    decision: writeReplay({ requestId, planVersion, route, of }),
  }
  setDefined(row, 'route', route)
  setDefined(row, 'target', target)
  return row
}
