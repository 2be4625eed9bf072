import { toFailure, Failure } from './failure.ts'
import type { ChunkSource, ResponseChunk } from './response.ts'

/**
 * Called once when a response is over: without an argument after its `end` event, otherwise with what broke it or cut it short.
 * Runs before the last chunk is handed on, and that chunk waits for a promise that it gives back.
 */
export type EndingAction = (failure?: Failure) => void | Promise<void>

/**
 * Runs `action` when a response is over, for whatever reason, exactly once. Costs one look at the last event of each chunk,
 * because an `end` or a `failure` is always the last event of the last chunk.
 *
 * @param look sees every chunk before it is handed on, and before `action` runs
 */
export function watchEnding(
  source: ChunkSource,
  action: EndingAction,
  look?: (chunk: ResponseChunk) => void,
): ChunkSource {
  let open = true
  const finish = (failure?: Failure): void | Promise<void> => {
    if (!open) return
    open = false
    return action(failure)
  }
  return {
    async next() {
      let chunk: ResponseChunk | undefined
      try {
        chunk = await source.next()
      } catch (thrown) {
        await finish(toFailure(thrown))
        throw thrown
      }
      if (!open) return chunk
      if (chunk === undefined) {
        await finish(new Failure('stream-truncated'))
        return undefined
      }
      look?.(chunk)
      const last = chunk.events[chunk.events.length - 1]
      if (last?.type === 'end') await finish()
      else if (last?.type === 'failure') await finish(last.failure)
      return chunk
    },
    cancel(reason) {
      source.cancel(reason)
      void finish(reason)
    },
  }
}
