import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { Codec, Dialect } from '../../src/dialects/dialect.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import type { FinishReason } from '../../src/exchange/chat-content.ts'
import type { ResponseEvent } from '../../src/exchange/event.ts'
import { isChatEvent } from '../../src/exchange/is-chat-event.fixture.ts'
import { createFoldOf, type ModelRequest } from '../../src/exchange/operations/all.ts'
import { UNIT_NAMES } from '../../src/exchange/units.ts'
import { NO_USAGE } from '../../src/exchange/usage.ts'
import { parseCutObject } from '../../src/kit/cut-json.ts'
import { parseJsonObject, parseJsonObjectExactly } from '../../src/kit/json.ts'
import { openReader, type FrameReader } from '../../src/providers/frame-reader.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { checkChatEvents } from '../grammar/chat-events.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { broadQuestion, validAnswers, validStreams } from './canonical-samples.ts'
import { pick } from './damaged-json.ts'
import { damageWire, wireDamages } from './damaged-wire.ts'
import { CODECS, named, readingFor, writingFor } from './every-codec.ts'

/*
 * Answers that are nearly right, from every dialect for every operation: whatever comes, each reader says how it ended, once, and
 * never throws; what it counted can be charged; and what it told can be written for the clients of every dialect.
 */

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

type Told = readonly ResponseEvent[]

/** Opens every reader that the house has for an answer. */
function readersFor({ codec }: ListedEndpoint, request: ModelRequest): readonly FrameReader[] {
  return READERS.map(([lane, contentAccess]) =>
    openReader(codec, lane, { ...readingFor(request), contentAccess }),
  )
}

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
function wrongIn(told: Told, reader: FrameReader): string | undefined {
  const last = told.at(-1)
  const endings = told.filter(({ type }) => type === 'end' || type === 'failure')
  if (endings.length !== 1 || endings[0] !== last) return `${endings.length} endings`
  if (last?.type === 'failure' && last.failure.code === 'internal') return `internal: ${last.failure.message}`
  const wrong = told.map(wrongEvent).find((complaint) => complaint !== undefined)
  if (wrong !== undefined || reader.verbatim) return wrong
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

/** Complaints about how what was told is written for clients. */
function wrongWritten(told: Told, request: ModelRequest): string | undefined {
  for (const dialect of DIALECTS) {
    const codec: Codec | undefined = dialect.codecs[request.operation]
    if (codec === undefined) continue
    if (told.at(-1)?.type === 'end') {
      const fold = createFoldOf(request.operation)
      for (const event of told) fold.push(event)
      const whole = JSON.stringify(codec.encodeResponse(writingFor(request)).unary(fold.result()))
      if (parseJsonObject(whole) === undefined) return `${dialect.name} writes ${whole}`
    }
    if (!request.stream) continue
    const writer = codec.encodeResponse(writingFor(request))
    const wire = told.map((event) => writer.event(event)).join('')
    const [complaint] = GRAMMARS[dialect.name as keyof typeof GRAMMARS](wire)
    if (complaint !== undefined) return `${dialect.name}: ${complaint}`
  }
  return undefined
}

/** What comes of bytes that are read in every way and written for every client. */
function handle(at: ListedEndpoint, bytes: Uint8Array, form: 'stream' | 'whole'): string | undefined {
  const request = broadQuestion(at.operation, at.dialect.family)
  try {
    for (const [index, reader] of readersFor(at, request).entries()) {
      const told = form === 'stream' ? readStream(reader, bytes, at.dialect) : readWhole(reader, bytes)
      if (told === undefined) continue
      const wrong = wrongIn(told, reader) ?? (index === 0 ? wrongWritten(counted(told), request) : undefined)
      if (wrong !== undefined) return wrong
    }
    return undefined
  } catch (thrown) {
    return `thrown: ${String((thrown as Error).stack)}`
  }
}

const CASES = fc.record({ which: fc.nat(9_999), damages: wireDamages })

describe.each(CODECS.map(named))('%s', (_name, at) => {
  const forms = [
    ['stream', validStreams(at)],
    ['whole', validAnswers(at).map((answer) => JSON.stringify(answer))],
  ] as const

  test.each(forms.filter(([, wires]) => wires.length > 0))(
    'a %s that is nearly right ends once, and can be written for everybody',
    (form, wires) => {
      const complaints = new Complaints()
      for (const { which, damages } of sample(CASES, at.operation === 'chat' ? 60 : 30)) {
        const bytes = damageWire(pick(wires, which) ?? '', damages, at.dialect.framing)
        complaints.add(handle(at, bytes, form), new TextDecoder().decode(bytes))
      }
      expect(complaints.all).toEqual([])
    },
    PATIENCE_MS,
  )
})
