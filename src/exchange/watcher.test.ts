import { describe, expect, test } from 'bun:test'
import { watchSource } from './watcher.ts'
import type { ResponseEvent } from './event.ts'
import { Failure } from './failure.ts'
import type { ChunkSource, ResponseChunk } from './response.ts'

const TEXT: ResponseEvent = { type: 'text-delta', choice: 0, index: 0, text: 'x' }
const END: ResponseEvent = { type: 'end' }

function sourceOf(...chunks: (readonly ResponseEvent[])[]): ChunkSource {
  let position = 0
  return {
    next() {
      const events = chunks[position]
      position += 1
      return Promise.resolve(events === undefined ? undefined : { events })
    },
    cancel() {},
  }
}

function watch(source: ChunkSource) {
  const listeners: (string | undefined)[] = []
  const seen: ResponseChunk[] = []
  const watched = watchSource(source, {
    onEnd: (failure) => void listeners.push(failure?.code),
    onChunk: (chunk) => void seen.push(chunk),
  })
  return { listeners, seen, watched }
}

async function readAll(source: ChunkSource): Promise<void> {
  while ((await source.next()) !== undefined);
}

describe('the end of a response', () => {
  test.each([
    ['an end', [[TEXT], [END]], undefined],
    ['an end in the first chunk', [[TEXT, END]], undefined],
    ['a failure', [[TEXT], [{ type: 'failure', failure: new Failure('idle-timeout') }]], 'idle-timeout'],
    ['nothing at all', [[TEXT]], 'stream-truncated'],
  ] as const)('by %s is told once', async (_name, chunks, code) => {
    const { listeners, seen, watched } = watch(sourceOf(...chunks))
    await readAll(watched)
    await watched.next()
    watched.cancel(new Failure('client-gone'))
    expect(listeners).toEqual([code])
    expect(seen).toHaveLength(chunks.length)
  })

  test('by cancellation is told with its reason, once, and not again by what comes later', async () => {
    const { listeners, watched } = watch(sourceOf([TEXT], [END]))
    await watched.next()
    watched.cancel(new Failure('client-gone'))
    watched.cancel(new Failure('client-gone'))
    await readAll(watched)
    expect(listeners).toEqual(['client-gone'])
  })

  test.each<[string, ChunkSource['next']]>([
    ['while it is waited for', () => Promise.reject(new TypeError('a defect'))],
    [
      'at once',
      () => {
        throw new TypeError('a defect')
      },
    ],
  ])('by a defect is told, and the defect goes on: %s', async (_when, next) => {
    const { listeners, watched } = watch({ next, cancel() {} })
    expect(watched.next()).rejects.toThrow(TypeError)
    await Promise.resolve()
    expect(listeners).toEqual(['internal'])
  })
})
