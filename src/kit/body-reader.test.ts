import { describe, expect, test } from 'bun:test'
import { BodyReader } from './body-reader.ts'
import { LIMITS } from './limits.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A body that is written by hand, and counts what was asked of it. */
function openBody() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  let pulls = 0
  const body = new ReadableStream<Uint8Array>(
    {
      start(started) {
        controller = started
      },
      pull: () => void (pulls += 1),
    },
    { highWaterMark: 0 },
  )
  return {
    body,
    write: (text: string) => controller?.enqueue(bytesOf(text)),
    end: () => controller?.close(),
    break: (error: Error) => controller?.error(error),
    pulls: () => pulls,
  }
}

/** Lets the streams do what they can do without anybody. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

async function textsOf(reader: BodyReader): Promise<(string | undefined)[]> {
  const texts: (string | undefined)[] = []
  for (;;) {
    const bytes = await reader.read()
    texts.push(bytes === undefined ? undefined : new TextDecoder().decode(bytes))
    if (bytes === undefined) return texts
  }
}

describe('a body', () => {
  test('is read in order to its end, and the end is told again', async () => {
    const { body, write, end } = openBody()
    const reader = new BodyReader(body)
    const reading = textsOf(reader)
    write('a')
    await settle()
    write('b')
    write('c')
    end()
    expect(await reading).toEqual(['a', 'b', 'c', undefined])
    expect(await reader.read()).toBeUndefined()
  })

  test('that breaks is given as far as it had come, then the error, again and again', async () => {
    const opened = openBody()
    const reader = new BodyReader(opened.body)
    opened.write('first')
    await reader.read()
    for (const text of ['second', 'third']) {
      opened.write(text)
      await settle()
    }
    opened.break(new Error('cut'))
    await settle()
    expect(new TextDecoder().decode(await reader.read())).toBe('second')
    expect(new TextDecoder().decode(await reader.read())).toBe('third')
    expect(reader.read()).rejects.toThrow('cut')
    expect(reader.read()).rejects.toThrow('cut')
  })

  test('that breaks while it is waited for rejects the wait', async () => {
    const opened = openBody()
    const waiting = new BodyReader(opened.body).read()
    opened.break(new Error('cut'))
    expect(waiting).rejects.toThrow('cut')
  })

  test('is not taken in beyond the bound before somebody wants it', async () => {
    const { body, write, pulls } = openBody()
    const reader = new BodyReader(body)
    write('first')
    await reader.read()
    const half = 'x'.repeat(LIMITS.readAheadBytes / 2)
    const writeTwo = async (): Promise<void> => {
      for (let parts = 0; parts < 2; parts += 1) {
        write(half)
        await settle()
      }
    }
    await writeTwo()
    const asked = pulls()
    await writeTwo()
    expect(pulls()).toBe(asked)
    for (let parts = 0; parts < 4; parts += 1) expect(await reader.read()).toHaveLength(half.length)
    expect(pulls()).toBeGreaterThan(asked)
  })
})
