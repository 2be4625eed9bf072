import { describe, expect, test } from 'bun:test'
import { cpuMsOf } from './cpu-time.fixture.ts'
import * as fc from 'fast-check'
import {
  concatBytes,
  createSseFramer,
  endsLikeObject,
  isSseComment,
  SSE_COMMENT,
  sseData,
  sseEvent,
  SseFrame,
  SseFrameTooLarge,
} from './sse.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

interface Read {
  readonly event: string
  readonly data: string
  readonly text: string
}

/** Feeds the parts and gives every frame, read after all were reported. */
function framesOf(parts: readonly Uint8Array[]): Read[] {
  const frames: SseFrame[] = []
  const framer = createSseFramer()
  for (const part of parts) framer.push(part, (frame) => void frames.push(frame))
  framer.flush((frame) => void frames.push(frame))
  return frames.map((frame) => ({ event: frame.event, data: frame.data, text: decoder.decode(frame.bytes) }))
}

const whole = (text: string): Read[] => framesOf([encoder.encode(text)])

function cutAt(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const sorted = [...offsets].map((offset) => offset % (bytes.length + 1)).sort((left, right) => left - right)
  return [0, ...sorted].map((start, index) => bytes.subarray(start, sorted[index] ?? bytes.length))
}

const SAMPLES = [
  'data: {"a":1}\n\ndata: [DONE]\n\n',
  'event: ping\ndata: {}\n\nevent: end\ndata: {"b":"ü€😀"}\n\n',
  'data: a\r\n\r\ndata: b\r\n\r\n',
  'data: a\r\rdata: b\r\r',
  'data: a\r\n\ndata: b\n\r\ndata: c\r\n\r\n',
  '\ufeffdata: bom\n\ndata: \ufeffinside\n\n',
  'data: one\ndata: two\ndata\ndata:\n\n',
  'data:nospace\n\ndata:  two spaces\n\n',
  ': comment\n\n: another\ndata: x\n\n\n\n\n',
  'data: \u0085next\u2028line\u2029paragraph\n\n',
  'id: 7\nretry: 100\nunknown: y\ndatabase: z\nevents: q\ndata: x\n\n',
  'data: no blank line at the end',
  'data: one line break at the end\n',
  'data: carriage return at the end\r',
  'event: only\n\n',
  '\n\r\n\r',
  '',
] as const

describe('every stream re-cut at every byte', () => {
  for (const sample of SAMPLES) {
    test(`gives equal frames: ${JSON.stringify(sample).slice(0, 50)}`, () => {
      const bytes = encoder.encode(sample)
      const expected = framesOf([bytes])
      for (let offset = 0; offset <= bytes.length; offset += 1) {
        expect(framesOf([bytes.subarray(0, offset), bytes.subarray(offset)])).toEqual(expected)
      }
      expect(framesOf([...bytes].map((byte) => new Uint8Array([byte])))).toEqual(expected)
    })
  }

  test('and at any set of offsets, for any stream', () => {
    const pieces = fc.constantFrom(
      'data: ',
      'data:',
      'event: e',
      'x',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      ':',
      'ü',
      '\ufeff',
      '',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.array(fc.nat(200)), (parts, offsets) => {
        const bytes = encoder.encode(parts.join(''))
        expect(framesOf(cutAt(bytes, offsets))).toEqual(framesOf([bytes]))
      }),
      { numRuns: 1_000 },
    )
  })
})

test('frames put together are the stream again, but for the byte-order mark', () => {
  for (const sample of SAMPLES) {
    const joined = whole(sample).map((frame) => frame.text)
    expect(joined.join('')).toBe(sample.replace(/^\ufeff/, ''))
  }
})

/** The algorithm of WHATWG HTML 9.2.6, word for word; blank events are kept, as the framer does. */
function readAsSpecified(text: string): { event: string; data: string }[] {
  const events: { event: string; data: string }[] = []
  let event = ''
  let data = ''
  let open = false
  const dispatch = (): void => {
    events.push({ event, data: data.endsWith('\n') ? data.slice(0, -1) : data })
    event = ''
    data = ''
    open = false
  }
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const rest = lines.pop()
  for (const line of rest === '' ? lines : [...lines, rest ?? '']) {
    if (line === '') {
      dispatch()
      continue
    }
    open = true
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? []
    if (field === 'event') event = value
    if (field === 'data') data += `${value}\n`
  }
  if (open) dispatch()
  return events
}

test('frames say what the specification says', () => {
  for (const sample of SAMPLES.filter((sample) => !sample.startsWith('\n')))
    expect(whole(sample).map(({ event, data }) => ({ event, data }))).toEqual(readAsSpecified(sample))
  const lines = fc.constantFrom(
    'data: a',
    'data:b',
    'data',
    'data:',
    'event: e',
    'event',
    ': c',
    'dat',
    'id: 1',
    'data : x',
  )
  fc.assert(
    fc.property(
      fc.array(lines, { minLength: 1, maxLength: 8 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      (parts, end) => {
        const text = parts.join(end) + end + end
        expect(whole(text).map(({ event, data }) => ({ event, data }))).toEqual(readAsSpecified(text))
      },
    ),
    { numRuns: 500 },
  )
})

test('a complete frame is reported at once, without waiting for what follows', () => {
  const framer = createSseFramer()
  const seen: string[] = []
  framer.push(encoder.encode('data: a\n\ndata: b\r\n\r\n'), (frame) => void seen.push(frame.data))
  expect(seen).toEqual(['a', 'b'])
})

test('frames stay as they were when later bytes arrive', () => {
  const framer = createSseFramer()
  const frames: SseFrame[] = []
  for (const part of ['data: fi', 'rst\n', '\ndata: sec', 'ond\n\nda', 'ta: third\n\n'])
    framer.push(Buffer.from(part), (frame) => void frames.push(frame))
  expect(frames.map((frame) => decoder.decode(frame.bytes))).toEqual([
    'data: first\n\n',
    'data: second\n\n',
    'data: third\n\n',
  ])
})

describe('a frame that is too large', () => {
  test('is refused while it is still growing', () => {
    const framer = createSseFramer(100)
    const push = () => framer.push(encoder.encode('x'.repeat(60)), () => {})
    push()
    expect(push).toThrow(SseFrameTooLarge)
  })

  test('is refused when it comes whole, and only then', () => {
    const accepted: number[] = []
    createSseFramer(100).push(
      encoder.encode(`data: ${'x'.repeat(92)}\n\n`),
      (frame) => void accepted.push(frame.bytes.length),
    )
    expect(accepted).toEqual([100])
    const oversized = encoder.encode(`data: ${'x'.repeat(93)}\n\n`)
    expect(() => createSseFramer(100).push(oversized, () => {})).toThrow(SseFrameTooLarge)
  })
})

test('a large frame in small reads is not searched again and again', () => {
  const part = encoder.encode('x'.repeat(1_024))
  const framer = createSseFramer()
  let length = 0
  const tookMs = cpuMsOf(() => {
    framer.push(encoder.encode('data: '), () => {})
    for (let index = 0; index < 8_000; index += 1) framer.push(part, () => {})
    framer.push(encoder.encode('\n\n'), (frame) => (length = frame.bytes.length))
  })
  expect(length).toBe(8_000 * 1_024 + 8)
  // A quadratic framer moves 32 GB here.
  expect(tookMs).toBeLessThan(2_000)
})

describe('comments', () => {
  const isComment = (text: string): boolean => isSseComment(new SseFrame(encoder.encode(text)))

  test('are frames that say nothing', () => {
    for (const text of [SSE_COMMENT, ':\n\n', '\n', '\r\n', ': a\n: b\n\n'])
      expect(isComment(text)).toBe(true)
  })

  test('are not frames that say something, even behind a comment', () => {
    for (const text of ['data: x\n\n', 'event: e\n\n', ': a\ndata: x\n\n'])
      expect(isComment(text)).toBe(false)
  })
})

test('what is written is read back', () => {
  expect(whole(sseData('{"a":1}'))).toEqual([{ event: '', data: '{"a":1}', text: 'data: {"a":1}\n\n' }])
  expect(whole(sseEvent('ping', '{}'))).toEqual([
    { event: 'ping', data: '{}', text: 'event: ping\ndata: {}\n\n' },
  ])
})

test('a frame that ends like an object is told from one that was cut off', () => {
  const ends = (text: string): boolean => endsLikeObject(new SseFrame(encoder.encode(text)))
  for (const text of ['data: {}\n\n', 'event: e\r\ndata: {"a":1} \r\n\r\n', 'data: {}'])
    expect(ends(text)).toBe(true)
  for (const text of ['data: {"a":\n\n', 'data: [DONE]\n\n', '\n', '']) expect(ends(text)).toBe(false)
})

test('bytes are joined in order', () => {
  expect(concatBytes(new Uint8Array([1]), new Uint8Array([2, 3]))).toEqual(new Uint8Array([1, 2, 3]))
})
