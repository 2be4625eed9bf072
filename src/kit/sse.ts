import { LIMITS } from './limits.ts'

const LF = 10
const CR = 13
const COLON = 58
const SPACE = 32
const EMPTY = new Uint8Array(0)
/** A mark inside the stream is text, not a byte-order mark; the framer drops the one at the beginning. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

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
    const raw = decoder.decode(this.bytes)
    const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
    let event = ''
    let data: string | undefined
    for (let start = 0; start < text.length;) {
      const lineFeed = text.indexOf('\n', start)
      const end = lineFeed < 0 ? text.length : lineFeed
      if (text.startsWith('data', start)) {
        const value = fieldValue(text, start + 4, end)
        if (value !== undefined) data = data === undefined ? value : `${data}\n${value}`
      } else if (text.startsWith('event', start)) {
        event = fieldValue(text, start + 5, end) ?? event
      }
      start = end + 1
    }
    this.#event = event
    this.#data = data ?? ''
  }
}

/** The value of a field whose name ends at `from`, or undefined when the name goes on. One space after the colon is dropped. */
function fieldValue(text: string, from: number, end: number): string | undefined {
  if (from === end) return ''
  if (text.charCodeAt(from) !== COLON) return undefined
  return text.slice(text.charCodeAt(from + 1) === SPACE ? from + 2 : from + 1, end)
}

const CLOSING_BRACE = 125

/**
 * True for a frame whose last line ends as a JSON object does. Looks at one byte, so it can be asked of every frame: one that
 * was cut off, by a provider or on its way, hardly ever ends so.
 */
export function endsLikeObject({ bytes }: SseFrame): boolean {
  let last = bytes.length - 1
  while (bytes[last] === LF || bytes[last] === CR || bytes[last] === SPACE) last -= 1
  return bytes[last] === CLOSING_BRACE
}

/** Cuts a byte stream into frames. */
export interface SseFramer {
  /**
   * Takes the next bytes and reports every frame they complete. Frames without data or event (comments) are reported too.
   * Throws SseFrameTooLarge.
   */
  push(bytes: Uint8Array, onFrame: (frame: SseFrame) => void): void
  /** Reports what is left when the stream ended without a blank line. */
  flush(onFrame: (frame: SseFrame) => void): void
}

/** A frame exceeded `LIMITS.sseFrameBytes`. */
export class SseFrameTooLarge extends Error {}

/**
 * Creates a framer. Line ends may be LF, CRLF or CR and may be split across reads; a byte-order mark is dropped.
 * Works on bytes, so characters split across reads are never harmed. Bytes are copied only when a frame spans reads,
 * and no byte is searched twice, however finely a frame is cut. A CR that ends a read waits for the next, because an LF
 * may belong to it.
 */
export function createSseFramer(maxFrameBytes: number = LIMITS.sseFrameBytes): SseFramer {
  return new Framer(maxFrameBytes)
}

class Framer implements SseFramer {
  readonly #maxFrameBytes: number
  /** The beginning of a frame that is not complete: `#held` bytes, with room for more. */
  #store: Uint8Array = EMPTY
  #held = 0
  /** In the held bytes: where the last line begins, and up to where line breaks have been looked for. */
  #line = 0
  #searched = 0
  #atStart = true

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  push(bytes: Uint8Array, onFrame: (frame: SseFrame) => void): void {
    if (bytes.length === 0) return
    let buffer = this.#held === 0 ? bytes : this.#append(bytes)
    if (this.#atStart) {
      if (buffer.length < 3 && isBomPrefix(buffer)) {
        this.#hold(buffer, 0)
        return
      }
      this.#atStart = false
      if (isBom(buffer)) buffer = buffer.subarray(3)
    }
    this.#hold(buffer, this.#cut(buffer, onFrame))
  }

  flush(onFrame: (frame: SseFrame) => void): void {
    if (this.#held > 0) onFrame(new SseFrame(this.#store.subarray(0, this.#held)))
    this.#forget()
  }

  /** Reports all complete frames and gives the offset behind the last one. */
  #cut(buffer: Uint8Array, onFrame: (frame: SseFrame) => void): number {
    let from = 0
    let line = this.#line
    let at = this.#searched
    let lf = -1
    let cr = nextOf(CR, buffer, at)
    for (;;) {
      if (at === buffer.length) break
      if (lf < at) lf = buffer[at] === LF ? at : nextOf(LF, buffer, at)
      if (cr < at) cr = nextOf(CR, buffer, at)
      const lineEnd = Math.min(lf, cr)
      if (lineEnd === cr && lineEnd + 1 >= buffer.length) {
        at = lineEnd
        break
      }
      at = lineEnd === cr && lf === cr + 1 ? lineEnd + 2 : lineEnd + 1
      if (lineEnd === line) {
        this.#check(at - from)
        onFrame(new SseFrame(at - from === buffer.length ? buffer : buffer.subarray(from, at)))
        from = at
      }
      line = at
    }
    this.#line = line - from
    this.#searched = at - from
    return from
  }

  /** Keeps what stands behind `from` for the next read; memory that frames look into is never written again. */
  #hold(buffer: Uint8Array, from: number): void {
    if (from === buffer.length) {
      this.#forget()
      return
    }
    this.#held = buffer.length - from
    this.#check(this.#held)
    const isStore =
      from === 0 && buffer.buffer === this.#store.buffer && buffer.byteOffset === this.#store.byteOffset
    // Not `slice`, which in a Node Buffer gives a view.
    if (!isStore) this.#store = new Uint8Array(buffer.subarray(from))
  }

  #append(bytes: Uint8Array): Uint8Array {
    const length = this.#held + bytes.length
    if (length > this.#store.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#held))
      larger.set(this.#store.subarray(0, this.#held))
      this.#store = larger
    }
    this.#store.set(bytes, this.#held)
    return this.#store.subarray(0, length)
  }

  #check(frameBytes: number): void {
    if (frameBytes > this.#maxFrameBytes)
      throw new SseFrameTooLarge(`frame larger than ${this.#maxFrameBytes} bytes`)
  }

  #forget(): void {
    this.#store = EMPTY
    this.#held = 0
    this.#line = 0
    this.#searched = 0
  }
}

/** Position of the next such byte at or behind `from`, or the buffer's length. Native, so it beats a loop by far. */
function nextOf(byte: number, buffer: Uint8Array, from: number): number {
  const position = buffer.indexOf(byte, from)
  return position < 0 ? buffer.length : position
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

const UNPRINTABLE = /[^\x20-\x7e]/g

/** A comment frame that says something to whoever reads the bytes; what a line cannot hold is replaced. */
export function sseComment(text: string): string {
  return `: ${text.replaceAll(UNPRINTABLE, '?')}\n\n`
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
