import type { TextPiece } from '../exchange/chat-content.ts'
import { isSemantic, type ResponseEvent } from '../exchange/event.ts'
import type { Failure } from '../exchange/failure.ts'
import type { Notice } from '../exchange/notice.ts'
import { isOperation, type Operation } from '../exchange/operations/all.ts'
import { singleChunk, type ModelResponse, type ResponseChunk } from '../exchange/response.ts'
import type { Watcher } from '../exchange/watcher.ts'
import { crc32 } from '../kit/hash.ts'
import { isObject, parseJsonExactly, readArray, readObjects, readString, type Json } from '../kit/json.ts'

/** A whole answer, taken down so that it can be given again: in any dialect of clients, streamed or not. */
export interface RecordedAnswer {
  readonly operation: Operation
  /** Name of the model that gave it. */
  readonly model: string
  /** All that was said, from its start to its end, with the pieces of a text as one. */
  readonly events: readonly ResponseEvent[]
  /** What was changed or dropped on the way to the model and back. */
  readonly notices: readonly Notice[]
}

/**
 * Takes an answer down as it passes. Whoever has it must follow what is said (`claimContent`): what passed unread is no record.
 * What is told behind an answer that broke off, what fails, and what is longer than `mostBytes` is given up.
 */
export class AnswerRecorder implements Watcher {
  readonly #mostBytes: number
  readonly #told: (events: readonly ResponseEvent[] | undefined) => void
  #events: ResponseEvent[] | undefined = []
  #bytes = 0

  /**
   * @param mostBytes about how much is taken down, in characters of text
   * @param told called once, before the last of it is handed on: with all that was said, or nothing where it is no whole answer
   */
  constructor(mostBytes: number, told: (events: readonly ResponseEvent[] | undefined) => void) {
    this.#mostBytes = mostBytes
    this.#told = told
  }

  onChunk({ events, seam }: ResponseChunk): void {
    if (seam !== undefined) this.#events = undefined
    for (const event of events) this.#take(event)
  }

  onEnd(failure?: Failure): void {
    const events = failure === undefined ? this.#events : undefined
    this.#events = undefined
    this.#told(events)
  }

  #take(event: ResponseEvent): void {
    const events = this.#events
    if (events === undefined) return
    this.#bytes += sizeOf(event)
    if (event.type === 'passed' || event.type === 'failure' || this.#bytes > this.#mostBytes) {
      this.#events = undefined
      return
    }
    const last = events.at(-1)
    const joined = last === undefined ? undefined : joinedPiece(last, event)
    if (joined === undefined) events.push(event)
    else events[events.length - 1] = joined
  }
}

/** A further piece of the same text, as one with what stands before it. */
function joinedPiece(last: ResponseEvent, event: ResponseEvent): ResponseEvent | undefined {
  if (!isPiece(last) || !isPiece(event)) return undefined
  const isSame = last.type === event.type && last.choice === event.choice && last.index === event.index
  return isSame ? { ...last, text: last.text + event.text } : undefined
}

const PIECES: ReadonlySet<string> = new Set([
  'text-delta',
  'reasoning-delta',
  'refusal-delta',
  'arguments-delta',
])

function isPiece(event: ResponseEvent): event is Extract<ResponseEvent, TextPiece<string>> {
  return PIECES.has(event.type)
}

/** The least that an event takes; exact for what can be long. */
function sizeOf(event: ResponseEvent): number {
  if ('text' in event) return event.text.length
  if (event.type === 'vector') return event.values.length * 8
  return event.type === 'native-delta' || event.type === 'block-start' ? JSON.stringify(event).length : 64
}

/** Ways in which an answer ends because all was said. */
const GOOD_ENDS: ReadonlySet<string> = new Set(['stop', 'stop-sequence', 'tool-calls'])

/** Was all of it said that was to be said, and told by the provider: no refusal, nothing cut off, nothing that was only estimated? */
export function endedWell(events: readonly ResponseEvent[]): boolean {
  return events.at(-1)?.type === 'end' && events.some(isSemantic) && events.every(isGood)
}

function isGood(event: ResponseEvent): boolean {
  if (event.type === 'finish') return GOOD_ENDS.has(event.reason)
  if (event.type === 'usage') return !event.usage.estimated
  if (event.type === 'token-count') return !event.estimated
  if (event.type === 'block-start') return event.block.type !== 'refusal'
  return event.type !== 'refusal-delta'
}

/** Gives an answer again. It has an id of its own, and nobody is asked for it. */
export function playAnswer({ model, events }: RecordedAnswer): ModelResponse {
  return {
    from: { kind: 'stored', model },
    headers: {},
    source: singleChunk({ events: events.map(withoutId) }),
  }
}

/** Without the provider's id the client's dialect makes one of the request. */
function withoutId(event: ResponseEvent): ResponseEvent {
  if (event.type !== 'start' || event.responseId === undefined) return event
  const { responseId: _first, ...rest } = event
  return rest
}

/** Grows when what is written could not be read by an earlier version. */
const VERSION = '1'

/** Spells an answer as text, behind a checksum by which damage is found. */
export function writeAnswer(answer: RecordedAnswer): string {
  const text = JSON.stringify(answer)
  return `${VERSION} ${crc32(text)} ${text}`
}

/** Reads what `writeAnswer` has spelled; undefined where it is damaged or of another version. */
export function readAnswer(written: string): RecordedAnswer | undefined {
  const [version, sum] = written.split(' ', 2)
  if (version !== VERSION || sum === undefined) return undefined
  const text = written.slice(version.length + sum.length + 2)
  return String(crc32(text)) === sum ? toAnswer(parseJsonExactly(text)) : undefined
}

function toAnswer(value: Json): RecordedAnswer | undefined {
  if (!isObject(value)) return undefined
  const [operation, model] = [readString(value, 'operation'), readString(value, 'model')]
  if (operation === undefined || !isOperation(operation) || model === undefined) return undefined
  return {
    operation,
    model,
    events: eventsOf(readArray(value, 'events')),
    notices: noticesOf(readObjects(value, 'notices')),
  }
}

/** The checksum holds and the version is ours, so they are what was written: plain data. */
function eventsOf(values: readonly Json[]): readonly ResponseEvent[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return values as unknown as readonly ResponseEvent[]
}

function noticesOf(values: readonly Json[]): readonly Notice[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see `eventsOf`
  return values as unknown as readonly Notice[]
}
