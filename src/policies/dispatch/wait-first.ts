import { prependChunks } from '../../exchange/ending.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { LIMITS } from '../../kit/limits.ts'

/** What an event, or the chunk around it, weighs while it is held back; its own text is bounded by the frame that said it. */
const EVENT_BYTES = 128

/**
 * Waits for the first semantic event of a response and gives the response back whole. Until then nothing has reached the
 * client, so a failure is thrown and may lead elsewhere, also one that came in the same read; what the loser said is dropped
 * with it. Comments, pings and empty deltas never count as an answer: beyond `LIMITS.gateBytes` of them the response is stopped with `response-too-large`.
 */
export async function waitFirst(response: ModelResponse): Promise<ModelResponse> {
  const { source } = response
  const held: ResponseChunk[] = []
  let heldBytes = 0
  for (;;) {
    const chunk = await source.next()
    if (chunk === undefined) throw new Failure('stream-truncated')
    const verdict = inspect(chunk)
    if (verdict instanceof Failure) throw verdict
    held.push(chunk)
    if (verdict) return { ...response, source: prependChunks(held, source) }
    heldBytes += (chunk.wire?.length ?? 0) + (chunk.events.length + 1) * EVENT_BYTES
    if (heldBytes > LIMITS.gateBytes) throw stopped(source)
  }
}

function stopped(source: ChunkSource): Failure {
  const failure = new Failure('response-too-large', {
    message: 'The provider sent too much before it said anything.',
  })
  source.cancel(failure)
  return failure
}

/** True when the chunk commits the response, the failure when it broke by then: what it said before has reached nobody. */
function inspect({ events }: ResponseChunk): boolean | Failure {
  const last = events[events.length - 1]
  if (last?.type === 'failure') return last.failure
  return last?.type === 'end' || events.some(isSemantic)
}
