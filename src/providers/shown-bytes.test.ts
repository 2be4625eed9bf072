import { expect, test } from 'bun:test'
import { createSseFramer, type SseFrame } from '../kit/sse.ts'
import { ShownBytes } from './shown-bytes.ts'

const encoder = new TextEncoder()
const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : new TextDecoder().decode(bytes)

function framesOf(...reads: string[]): SseFrame[] {
  const frames: SseFrame[] = []
  const framer = createSseFramer()
  for (const bytes of reads) framer.push(encoder.encode(bytes), (frame) => frames.push(frame))
  return frames
}

test('frames that lie behind each other are one view without a copy', () => {
  const frames = framesOf('data: a\n\ndata: b\n\ndata: c\n\n')
  const shown = new ShownBytes()
  for (const frame of frames) shown.add(frame)
  const taken = shown.take()
  expect(text(taken)).toBe('data: a\n\ndata: b\n\ndata: c\n\n')
  expect(taken?.buffer).toBe(frames[0]?.bytes.buffer)
})

test('a hidden frame is cut out of the middle, and what surrounds it stays in order', () => {
  const [a, , c, d, , f] = framesOf('data: a\n\ndata: b\n\ndata: c\n\ndata: d\n\ndata: e\n\ndata: f\n\n')
  const shown = new ShownBytes()
  for (const frame of [a, c, d, f]) if (frame !== undefined) shown.add(frame)
  expect(text(shown.take())).toBe('data: a\n\ndata: c\n\ndata: d\n\ndata: f\n\n')
})

test('frames of different reads are joined', () => {
  const shown = new ShownBytes()
  for (const frame of framesOf('data: a\n\n', 'data: b\n\n')) shown.add(frame)
  shown.append(encoder.encode('\n'))
  expect(text(shown.take())).toBe('data: a\n\ndata: b\n\n\n')
})

test('what was taken is not given again', () => {
  const shown = new ShownBytes()
  expect(shown.take()).toBeUndefined()
  for (const frame of framesOf('data: a\n\n')) shown.add(frame)
  shown.take()
  expect(shown.take()).toBeUndefined()
})
