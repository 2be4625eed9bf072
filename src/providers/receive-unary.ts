import { parseJsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import { failureInBody } from './http-failure.ts'
import type { Receiving } from './receive-stream.ts'

const decoder = new TextDecoder()

/** Receives a whole answer as one chunk. Everything that goes wrong is that chunk's `failure` event. */
export function receiveUnary(receiving: Receiving): ChunkSource {
  const { response, watchdog } = receiving
  let over = false
  return {
    async next() {
      if (over) return undefined
      watchdog.reading()
      const chunk = await readWhole(receiving)
      if (over) return undefined
      over = true
      watchdog.stop()
      return chunk
    },
    cancel(reason) {
      if (over) return
      over = true
      watchdog.abort(reason)
      response.cancel()
    },
  }
}

async function readWhole({ response, reader, watchdog }: Receiving): Promise<ResponseChunk> {
  let wire: Uint8Array
  try {
    wire = await response.readAll(LIMITS.responseBodyBytes)
  } catch (thrown) {
    response.cancel()
    return failed(failureInBody(thrown, watchdog))
  }
  const text = decoder.decode(wire)
  if (text.trim() === '') return failed(new Failure('empty-response'))
  const body = parseJsonObject(text)
  if (body === undefined) return failed(new Failure('malformed-response'))
  const events: ResponseEvent[] = []
  reader.unary(body, (event) => void events.push(event))
  const last = events.at(-1)
  if (last?.type === 'failure') return { events }
  if (last?.type !== 'end') return { events: [...events, failureEvent(new Failure('malformed-response'))] }
  return reader.verbatim ? { events, wire } : { events }
}

function failed(failure: Failure): ResponseChunk {
  return { events: [failureEvent(failure)] }
}

function failureEvent(failure: Failure): ResponseEvent {
  return { type: 'failure', failure }
}
