import type { Question } from '../exchange/ask.ts'
import type { Envelope } from '../exchange/envelope.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Mutable } from '../kit/mutable.ts'
import { toFailure } from '../exchange/failure.ts'
import { createFoldOf, type Operation, type ResultOf, type ContentOf } from '../exchange/operations/all.ts'
import type { Fold } from '../exchange/operations/operation-row.ts'
import type { ChunkSource } from '../exchange/response.ts'
import { Trail } from '../exchange/trail.ts'
import type { Ids } from '../kit/ids.ts'
import { openExchange, type Way } from './pipeline.ts'

/** Stands for the client's dialect where no client asks: no target speaks it, so every answer is read. */
const OWN_DIALECT = 'gatehouse'

/** Asks a question on the way that its parent takes. Rejects with `Failure`. */
export async function askOn<O extends Operation>(
  way: Way,
  ids: Ids,
  question: Question<O>,
): Promise<ResultOf<O>> {
  const exchange = toExchange(question, way, ids)
  // Told behind everybody else, when all that it cost is known, whether or not it was answered.
  exchange.trail.onEnd({ onEnd: () => pay(exchange.trail, question.parent.trail) })
  const { source } = await openExchange(exchange, way).run()
  try {
    return await readAll(source, createFoldOf(question.request.operation))
  } catch (thrown) {
    const failure = toFailure(thrown)
    // What nobody reads to its end would never be over.
    source.cancel(failure)
    throw failure
  }
}

function pay(own: Trail, parent: Trail): void {
  if (own.attempts.length > 0) parent.questions += 1
  parent.askedNanoUsd += own.askedNanoUsd + (own.costNanoUsd() ?? 0n)
}

async function readAll<Result>(
  source: ChunkSource,
  fold: Fold<ContentOf<Operation>, Result>,
): Promise<Result> {
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    for (const event of chunk.events) {
      if (event.type === 'failure') throw event.failure
      fold.push(event)
    }
  }
  return fold.result()
}

function toExchange(
  { request, purpose, parent, trail = new Trail() }: Question<Operation>,
  { clock }: Way,
  ids: Ids,
): Exchange {
  const exchange: Mutable<Exchange> = {
    id: ids.mint('req'),
    dialect: OWN_DIALECT,
    request,
    envelope: ownEnvelope(parent.envelope),
    requestOptions: {},
    caller: parent.caller,
    startedAtMs: clock.nowMs(),
    startedElapsedMs: clock.elapsedMs(),
    deadlineAtMs: parent.deadlineAtMs,
    signal: parent.signal,
    trail,
    planVersion: parent.planVersion,
    asked: { purpose, parentId: parent.id },
  }
  // What must not leave a region must not leave it by being asked about either.
  if (parent.only !== undefined) exchange.only = parent.only
  return exchange
}

/** What the client's headers wish is wished for its own request. */
function ownEnvelope({ address, path, hops, traceparent }: Envelope): Envelope {
  return { header: () => undefined, forwarded: {}, address, path, hops, traceparent }
}
