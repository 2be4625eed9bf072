import type { Fault, FaultKind } from './fault.ts'
import type { Frame } from './frames.ts'
import type { Step } from './steps.ts'

/** What faults need to know of the vendor's wire. */
export interface FaultWire {
  /** True for a stream of events, false for a unary body. */
  readonly stream: boolean
  readonly ping: string
  /** An error inside a stream. */
  readonly errorEvent: string
}

const encoder = new TextEncoder()
/**
 * Long enough for what was written to be read by the other side: what breaks off may overtake it or come in the same read otherwise. In
 * parts, since a process that both sides live in may get no processor for as long as the whole.
 */
const SETTLE: readonly Step[] = Array.from({ length: 10 }, () => ({ do: 'pause', ms: 3 }))
const FILLER_BYTES = 64 * 1024
const BYTES_PER_PAUSE = 8

/** Turns frames into what the connection does, with the fault, if there is one, in its place. */
export function toSteps(frames: Iterable<Frame>, wire: FaultWire, fault: Fault | undefined): Iterable<Step> {
  const play = fault === undefined ? undefined : FAULTS[fault.kind]
  return fault === undefined || play === undefined ? plain(frames) : play(frames, fault, wire)
}

type PlayFault = (frames: Iterable<Frame>, fault: Fault, wire: FaultWire) => Iterable<Step>

/** Faults of the body; those of the head and of the content type are made where the response is. */
const FAULTS: Partial<Record<FaultKind, PlayFault>> = {
  'reset-before-head': () => [{ do: 'reset' }],
  'reset-mid-stream': interrupting([...SETTLE, { do: 'reset' }]),
  'truncate-mid-stream': interrupting([]),
  'stall-mid-stream': interrupting([{ do: 'stall' }]),
  'ping-forever': (_frames, fault, wire) => pings(fault, wire),
  'error-event-first': (frames, fault, wire) =>
    interrupt(frames, { ...fault, after: 0 }, [write(wire.errorEvent)]),
  'error-event-mid-stream': (frames, fault, wire) =>
    interrupt(frames, fault, [...SETTLE, write(wire.errorEvent)]),
  'bad-json-frame': (frames, fault, wire) =>
    insert(frames, fault, [write(wire.stream ? 'data: {"broken":\n\n' : ',{"broken":')]),
  'oversized-frame': (frames, fault, wire) => insert(frames, fault, oversized(fault.bytes, wire)),
  'no-done': (frames, _fault, wire) => plain(wire.stream ? withoutTerminal(frames) : frames),
  'one-byte-chunks': singleBytes,
  'split-utf8': splitCharacters,
}

function write(text: string): Step {
  return { do: 'write', bytes: encoder.encode(text), tokens: 0, last: false, dueMs: 0 }
}

function toWrite(frame: Frame): Extract<Step, { do: 'write' }> {
  return {
    do: 'write',
    bytes: encoder.encode(frame.text),
    tokens: frame.tokens,
    last: frame.terminal,
    dueMs: frame.dueMs,
  }
}

function* plain(frames: Iterable<Frame>): Generator<Step> {
  for (const frame of frames) yield toWrite(frame)
}

function* withoutTerminal(frames: Iterable<Frame>): Generator<Frame> {
  for (const frame of frames) if (!frame.terminal) yield frame
}

function interrupting(steps: readonly Step[]): PlayFault {
  return (frames, fault) => interrupt(frames, fault, steps)
}

/** The fault strikes and nothing follows it. */
function* interrupt(frames: Iterable<Frame>, fault: Fault, steps: Iterable<Step>): Generator<Step> {
  const strikes = strikeTest(fault)
  for (const frame of frames) {
    if (strikes(frame)) break
    yield toWrite(frame)
  }
  yield* steps
}

/** The fault strikes once and the answer goes on behind it. */
function* insert(frames: Iterable<Frame>, fault: Fault, steps: Iterable<Step>): Generator<Step> {
  const strikes = strikeTest(fault)
  let struck = false
  for (const frame of frames) {
    if (!struck && strikes(frame)) {
      struck = true
      yield* steps
    }
    yield toWrite(frame)
  }
  if (!struck) yield* steps
}

/** Tells whether the fault comes before this frame: after so many meaningful ones, but before the terminal one at the latest. */
function strikeTest({ after }: Fault): (frame: Frame) => boolean {
  let left = after === 'end' ? Number.POSITIVE_INFINITY : after
  return (frame) => {
    if (left <= 0 && (frame.semantic || frame.terminal)) return true
    if (frame.terminal && after !== 'end') return true
    if (frame.semantic) left -= 1
    return false
  }
}

function* pings({ everyMs }: Fault, { stream, ping }: FaultWire): Generator<Step> {
  // White space before a JSON body is the only keep-alive that a unary answer has.
  const beat = write(stream ? ping : ' ')
  for (;;) {
    yield beat
    yield { do: 'pause', ms: everyMs }
  }
}

function* oversized(size: number, { stream }: FaultWire): Generator<Step> {
  if (stream) yield* SETTLE
  yield write(stream ? 'data: {"filler":"' : ' ')
  const filler = encoder.encode((stream ? 'x' : ' ').repeat(FILLER_BYTES))
  for (let left = size; left > 0; left -= FILLER_BYTES) {
    yield {
      do: 'write',
      bytes: filler.subarray(0, Math.min(left, FILLER_BYTES)),
      tokens: 0,
      last: false,
      dueMs: 0,
    }
  }
  if (stream) yield write('"}\n\n')
}

/**
 * Without a distance between them the bytes are still written one by one, but a pause comes only now and then: a timer for each
 * would make seconds of an ordinary answer.
 */
function* singleBytes(frames: Iterable<Frame>, { everyMs }: Fault): Generator<Step> {
  const pauseEvery = everyMs > 0 ? 1 : BYTES_PER_PAUSE
  for (const frame of frames) {
    const { bytes, ...rest } = toWrite(frame)
    for (let index = 0; index < bytes.length; index += 1) {
      const isLast = index === bytes.length - 1
      const byte = bytes.subarray(index, index + 1)
      yield { ...rest, bytes: byte, tokens: isLast ? frame.tokens : 0, last: isLast && frame.terminal }
      if (index % pauseEvery === 0) yield { do: 'pause', ms: everyMs }
    }
  }
}

/** Cuts behind the first byte of every character that has more than one. */
function* splitCharacters(frames: Iterable<Frame>): Generator<Step> {
  for (const frame of frames) {
    const { bytes, ...rest } = toWrite(frame)
    let from = 0
    for (const [index, byte] of bytes.entries()) {
      if (byte < 0xc0) continue
      yield { ...rest, bytes: bytes.subarray(from, index + 1), tokens: 0, last: false }
      yield { do: 'pause', ms: 0 }
      from = index + 1
    }
    yield { ...rest, bytes: bytes.subarray(from) }
  }
}
