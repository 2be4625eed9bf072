import { isSemantic, type ResponseEvent } from '../exchange/event.ts'
import type { Notice } from '../exchange/notice.ts'
import { isOperation, type Operation } from '../exchange/operations/all.ts'
import { singleChunk, type ModelResponse } from '../exchange/response.ts'
import { crc32 } from '../kit/hash.ts'
import { isObject, parseJsonExactly, readArray, readObjects, readString, type Json } from '../kit/json.ts'
import { withoutId } from './said-so-far.ts'

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

/** Grows when what is written could not be read by an earlier version. */
const VERSION = '2'

/**
 * Spells an answer as text, behind a checksum by which damage is found, and that it stands under another key than it was given for.
 *
 * @param key of what was asked
 */
export function writeAnswer(answer: RecordedAnswer, key: string): string {
  const text = JSON.stringify(answer)
  return `${VERSION} ${crc32(text, crc32(key))} ${text}`
}

/** Reads what `writeAnswer` has spelled under the same key; undefined where it is damaged, another's or of another version. */
export function readAnswer(written: string, key: string): RecordedAnswer | undefined {
  const [version, sum] = written.split(' ', 2)
  if (version !== VERSION || sum === undefined) return undefined
  const text = written.slice(version.length + sum.length + 2)
  return String(crc32(text, crc32(key))) === sum ? toAnswer(parseJsonExactly(text)) : undefined
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
