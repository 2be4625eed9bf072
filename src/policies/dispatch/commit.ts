import { prependChunks } from '../../exchange/watcher.ts'
import { isSemantic } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { LIMITS } from '../../kit/limits.ts'

/** What an event, or the chunk around it, weighs while it is held back, besides its text. */
const EVENT_BYTES = 128

/**
 * Holds an answer back until it may be shown, and gives it on whole. Until then a failure is thrown and may lead elsewhere, also
 * one that came in the same read; what the loser said is dropped with it. Comments, pings and empty deltas never count as an
 * answer: beyond `LIMITS.gateBytes` of them, as beyond `LIMITS.responseBodyBytes` in all, the response is stopped with
 * `response-too-large`.
 */
type Commit = (answer: Promise<ModelResponse>) => Promise<ModelResponse>

/** Shows an answer from its first semantic event on. */
const atFirstMeaning: Commit = (answer) => hold(answer, true)

/** Shows an answer when its end has come. */
const whenWhole: Commit = (answer) => hold(answer, false)

/** The usual one. Of an answer in one piece nothing reaches the client before its end, so it may fail over until then. */
export function commitFor({ stream }: { readonly stream: boolean }): Commit {
  return stream ? atFirstMeaning : whenWhole
}

async function hold(answer: Promise<ModelResponse>, meaningIsEnough: boolean): Promise<ModelResponse> {
  const response = await answer
  const { source } = response
  const held: ResponseChunk[] = []
  let heldBytes = 0
  let saysSomething = false
  for (;;) {
    const chunk = await source.next()
    if (chunk === undefined) throw new Failure('stream-truncated')
    const { events } = chunk
    const last = events[events.length - 1]
    if (last?.type === 'failure') throw last.failure
    held.push(chunk)
    saysSomething ||= events.some(isSemantic)
    if (last?.type === 'end' || (meaningIsEnough && saysSomething)) {
      return { ...response, source: prependChunks(held, source) }
    }
    heldBytes += weigh(chunk)
    if (heldBytes > LIMITS.gateBytes && !saysSomething) throw stopped(source, TOO_MUCH_BEFORE)
    if (heldBytes > LIMITS.responseBodyBytes) throw stopped(source)
  }
}

const TOO_MUCH_BEFORE = 'The provider sent too much before it said anything.'

function stopped(source: ChunkSource, message?: string): Failure {
  const failure = new Failure('response-too-large', message === undefined ? {} : { message })
  source.cancel(failure)
  return failure
}

function weigh({ wire, events }: ResponseChunk): number {
  let bytes = (wire?.length ?? 0) + EVENT_BYTES
  for (const event of events) bytes += EVENT_BYTES + ('text' in event ? event.text.length : 0)
  return bytes
}
