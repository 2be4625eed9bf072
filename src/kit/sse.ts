import { LIMITS } from './limits.ts'

const LF = 10
const CR = 13
const COLON = 58
const SPACE = 32
const decoder = new TextDecoder()

/**
 * One event of a Server-Sent Events stream (WHATWG HTML, 9.2), read lazily: a frame that is only passed on is never decoded.
 */
export class SseFrame {
  /** The frame as received, with its blank line. A view: valid until the next push to its framer unless copied. */
  readonly bytes: Uint8Array
  #event: string | undefined
  #data: string | undefined

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** The `event:` field, or the empty string. */
  get event(): string {
    if (this.#event === undefined) this.#read()
    return this.#event ?? ''
  }

  /** The `data:` lines joined by line feeds, or the empty string. */
  get data(): string {
    if (this.#data === undefined) this.#read()
    return this.#data ?? ''
  }

  #read(): void {
    let event = ''
    const data: string[] = []
    for (const line of decoder.decode(this.bytes).split(/\r\n|\n|\r/)) {
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const rest = colon < 0 ? '' : line.slice(colon + 1)
      const value = rest.startsWith(' ') ? rest.slice(1) : rest
      if (field === 'data') data.push(value)
      else if (field === 'event') event = value
    }
    this.#event = event
    this.#data = data.join('\n')
  }
}

/** Cuts a byte stream into frames. */
export interface SseFramer {
  /** Takes the next bytes and reports every frame they complete. Frames without data or event (comments) are reported too. */
  push(bytes: Uint8Array, onFrame: (frame: SseFrame) => void): void
  /** Reports what is left when the stream ended without a blank line, if it is a whole `data:` line. */
  flush(onFrame: (frame: SseFrame) => void): void
}

/** A frame exceeded `LIMITS.sseFrameBytes`. */
export class SseFrameTooLarge extends Error {}

/**
 * Creates a framer. Line ends may be LF, CRLF or CR and may be split across reads; a byte-order mark is dropped.
 * Works on bytes, so characters split across reads are never harmed. Bytes are copied only when a frame spans reads.
 */
export function createSseFramer(maxFrameBytes: number = LIMITS.sseFrameBytes): SseFramer {
  let tail: Uint8Array = new Uint8Array(0)
  let atStart = true
  return {
    push(bytes, onFrame) {
      let buffer = tail.length === 0 ? bytes : concatBytes(tail, bytes)
      if (atStart) {
        if (buffer.length < 3 && isBomPrefix(buffer)) {
          tail = buffer
          return
        }
        atStart = false
        if (isBom(buffer)) buffer = buffer.subarray(3)
      }
      let from = 0
      for (let end = frameEnd(buffer, from); end > 0; end = frameEnd(buffer, from)) {
        onFrame(new SseFrame(buffer.subarray(from, end)))
        from = end
      }
      tail = from === buffer.length ? new Uint8Array(0) : buffer.slice(from)
      if (tail.length > maxFrameBytes) throw new SseFrameTooLarge(`frame larger than ${maxFrameBytes} bytes`)
    },
    flush(onFrame) {
      if (tail.length > 0) onFrame(new SseFrame(tail))
      tail = new Uint8Array(0)
    },
  }
}

/**
 * Index just behind the blank line that ends the frame starting at `from`, or 0 when it is not complete.
 * A CR at the very end of the buffer waits for the next read, because an LF may belong to it.
 */
function frameEnd(buffer: Uint8Array, from: number): number {
  let lineStart = from
  let index = from
  while (index < buffer.length) {
    const byte = buffer[index]
    if (byte !== LF && byte !== CR) {
      const next = nextLineBreak(buffer, index)
      if (next < 0) return 0
      index = next
      continue
    }
    if (byte === CR && index + 1 === buffer.length) return 0
    const behind = byte === CR && buffer[index + 1] === LF ? index + 2 : index + 1
    if (index === lineStart) return behind
    lineStart = behind
    index = behind
  }
  return 0
}

/** Position of the next LF or CR at or after `from`, or -1. `indexOf` is native and beats a loop for the common LF. */
function nextLineBreak(buffer: Uint8Array, from: number): number {
  const lf = buffer.indexOf(LF, from)
  const end = lf < 0 ? buffer.length : lf
  const cr = buffer.subarray(from, end).indexOf(CR)
  return cr >= 0 ? from + cr : lf
}

function isBom(buffer: Uint8Array): boolean {
  return buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf
}

function isBomPrefix(buffer: Uint8Array): boolean {
  return buffer[0] === 0xef && (buffer.length === 1 || buffer[1] === 0xbb)
}

/** Joins two byte arrays. */
export function concatBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left, 0)
  joined.set(right, left.length)
  return joined
}

/** Writes a frame with only data; `data` must not contain line breaks (JSON text never does). */
export function sseData(data: string): string {
  return `data: ${data}\n\n`
}

/** Writes a named frame; `data` must not contain line breaks. */
export function sseEvent(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`
}

/** A comment frame: the only keep-alive that all official SDKs ignore. */
export const SSE_COMMENT = ': hb\n\n'

/** True when the frame has neither data nor event: a comment or stray blank line. Decides on the first bytes. */
export function isSseComment(frame: SseFrame): boolean {
  const first = frame.bytes[0]
  if (first === COLON || first === LF || first === CR || first === SPACE)
    return frame.data === '' && frame.event === ''
  return false
}
