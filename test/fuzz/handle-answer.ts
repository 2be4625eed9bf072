import { DIALECTS } from '../../src/dialects/all.ts'
import type { Codec, Dialect } from '../../src/dialects/dialect.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import type { FinishReason } from '../../src/exchange/chat-content.ts'
import type { ResponseEvent } from '../../src/exchange/event.ts'
import { isChatEvent } from '../../src/exchange/is-chat-event.fixture.ts'
import type { Lane } from '../../src/exchange/response.ts'
import { createFoldOf, type ModelRequest } from '../../src/exchange/operations/all.ts'
import { UNIT_NAMES } from '../../src/exchange/units.ts'
import { NO_USAGE } from '../../src/exchange/usage.ts'
import { parseCutObject } from '../../src/kit/cut-json.ts'
import { parseJsonObject, parseJsonObjectExactly } from '../../src/kit/json.ts'
import { openReader, type FrameReader } from '../../src/providers/frame-reader.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { checkChatEvents } from '../grammar/chat-events.ts'
import { broadQuestion } from './canonical-samples.ts'
import { readingFor, writingFor } from './every-codec.ts'

const READERS = [
  ['translated', 'none'],
  ['translated', 'read'],
  ['native', 'none'],
  ['native', 'read'],
] as const

/** Why an answer may have ended. */
const REASONS: ReadonlySet<FinishReason> = new Set([
  'stop',
  'stop-sequence',
  'length',
  'context-length',
  'tool-calls',
  'content-filter',
  'refusal',
  'pause',
])

/** What an answer says. */
export type Told = readonly ResponseEvent[]

/** What a stream tells, up to its end, behind which nobody listens. */
function readStream(reader: FrameReader, bytes: Uint8Array, { framing }: Dialect): Told {
  const told = new Listener()
  const framer = framing.open()
  framer.push(bytes.slice(), (frame) => void reader.frame(frame, told.hear))
  framer.flush((frame) => void reader.frame(frame, told.hear))
  reader.close(told.hear)
  return told.events
}

/** What an answer in one piece tells; undefined where it is not even the beginning of an object. */
function readWhole(reader: FrameReader, bytes: Uint8Array): Told | undefined {
  const told = new Listener()
  if (reader.skim?.(bytes, told.hear) === true) return told.events
  const text = new TextDecoder().decode(bytes)
  const body = (reader.exact ? parseJsonObjectExactly : parseJsonObject)(text) ?? parseCutObject(text)
  if (body === undefined) return undefined
  reader.unary(body, told.hear)
  return told.events
}

class Listener {
  readonly events: ResponseEvent[] = []
  readonly hear = (event: ResponseEvent): void => void this.events.push(event)
}

/** Complaints about what a reader told. */
function wrongIn(told: Told, lane: Lane): string | undefined {
  const last = told.at(-1)
  const endings = told.filter(({ type }) => type === 'end' || type === 'failure')
  if (endings.length !== 1 || endings[0] !== last) return `${endings.length} endings`
  if (last?.type === 'failure' && last.failure.code === 'internal') return `internal: ${last.failure.message}`
  const wrong = told.map(wrongEvent).find((complaint) => complaint !== undefined)
  if (wrong !== undefined || lane === 'native') return wrong
  const chat = told.filter(isChatEvent)
  return chat.length === told.length ? checkChatEvents(chat)[0] : undefined
}

/** Complaints about values that nobody can write or charge. */
function wrongEvent(event: ResponseEvent): string | undefined {
  if (event.type === 'finish' && !REASONS.has(event.reason)) return `it ended for ${event.reason}`
  if (event.type !== 'usage') return undefined
  const unit = UNIT_NAMES.find((name) => !isCount(event.usage[name] ?? 0))
  return unit === undefined ? undefined : `${unit} is ${event.usage[unit]}`
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0
}

/** What clients are told: where the provider says nothing of usage, the house estimates it. */
function counted(told: Told): Told {
  if (told.some(({ type }) => type === 'usage')) return told
  return [...told.slice(0, -1), { type: 'usage', usage: NO_USAGE }, ...told.slice(-1)]
}

/** Bytes of an answer, and how they came. */
export interface Came {
  readonly bytes: Uint8Array
  readonly form: 'stream' | 'whole'
}

/** What an answer says to a client of another dialect; undefined where it came in one piece and is no object. */
export function readTranslated(at: ListedEndpoint, { bytes, form }: Came): Told | undefined {
  const question = readingFor(broadQuestion(at.operation, at.dialect.family))
  const reader = openReader(at.codec, 'translated', { ...question, contentAccess: 'none' })
  if (form === 'stream') return readStream(reader, bytes, at.dialect)
  return parseJsonObject(new TextDecoder().decode(bytes)) === undefined ? undefined : readWhole(reader, bytes)
}

/** What is to be done with an answer, step by step: each way to read it, and what was told by the first written for every client. */
export function* stepsOf(at: ListedEndpoint, { bytes, form }: Came): Generator<Step> {
  const request = broadQuestion(at.operation, at.dialect.family)
  let first: Told | undefined
  for (const [lane, contentAccess] of READERS) {
    let told: Told | undefined
    const open = (): FrameReader => openReader(at.codec, lane, { ...readingFor(request), contentAccess })
    const act = (): void => {
      told = form === 'stream' ? readStream(open(), bytes, at.dialect) : readWhole(open(), bytes)
    }
    yield { name: `read ${lane}, ${contentAccess}`, act, wrong: () => told && wrongIn(told, lane) }
    first ??= told
  }
  if (first !== undefined) yield* writingSteps(counted(first), request)
}

/** Something that is done with an answer, as often as one likes, and complaints about what came of it. */
export interface Step {
  readonly name: string
  act(): void
  wrong(): string | undefined
}

function* writingSteps(told: Told, request: ModelRequest): Generator<Step> {
  for (const { name, codecs } of DIALECTS) {
    const codec: Codec | undefined = codecs[request.operation]
    if (codec === undefined) continue
    let wire = ''
    if (told.at(-1)?.type === 'end') {
      const writeWhole = (): void => {
        const fold = createFoldOf(request.operation)
        for (const event of told) fold.push(event)
        wire = JSON.stringify(codec.encodeResponse(writingFor(request)).unary(fold.result()))
      }
      yield {
        name: `write ${name} whole`,
        act: writeWhole,
        wrong: () => (parseJsonObject(wire) === undefined ? `${name} writes ${wire}` : undefined),
      }
    }
    if (!request.stream) continue
    const writeStream = (): void => {
      const writer = codec.encodeResponse(writingFor(request))
      wire = told.map((event) => writer.event(event)).join('')
    }
    const wrong = (): string | undefined => GRAMMARS[name as keyof typeof GRAMMARS](wire)[0]
    yield { name: `write ${name}`, act: writeStream, wrong }
  }
}

/** Reads the bytes of an answer in every way and writes what they say for every client: gives what is wrong with what comes of it. */
export function handleAnswer(at: ListedEndpoint, came: Came): string | undefined {
  try {
    for (const { name, act, wrong } of stepsOf(at, came)) {
      act()
      const complaint = wrong()
      if (complaint !== undefined) return `${name}: ${complaint}`
    }
    return undefined
  } catch (thrown) {
    return `thrown: ${String((thrown as Error).stack)}`
  }
}
