import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readString } from '../../src/kit/json.ts'
import {
  openRawUpstream,
  RAW_STREAM,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { CLIENT_DIALECTS, type ClientDialect, type Mode } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

const LIMITS = { first_token: '400ms', idle: '400ms', total: '1500ms' }
/** What turns of the event loop may add to a limit. */
const SLACK_MS = 1_000

const clock = createTickingClock(10)
beforeAll(() => clock.start())
afterAll(() => clock.stop())
const JSON_HEAD = rawHead('200 OK', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })

const WORDS: Readonly<Record<ClientDialect, string>> = {
  'openai-chat':
    'data: {"id":"c","choices":[{"index":0,"delta":{"content":"well"},"finish_reason":null}]}\n\n',
  'anthropic-messages': [
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"m","content":[]}}\n\n',
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"well"}}\n\n',
  ].join(''),
}
const EMPTY: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': 'data: {"id":"c","choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}\n\n',
  'anthropic-messages':
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}\n\n',
}
const PINGS: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': ': still here\n\n',
  'anthropic-messages': 'event: ping\ndata: {"type":"ping"}\n\n',
}

interface Silence {
  readonly mode: Mode
  readonly outcome: string
  /** When it is over, milliseconds. */
  readonly afterMs: number
  readonly begin: (call: RawCall, spoken: ClientDialect) => void
  /** What is sent every now and then, for ever. */
  readonly beat?: (spoken: ClientDialect) => string
}

const nothing = (): void => {}

/** Ways of saying nothing, and the limit that ends each. */
const SILENCES: Readonly<Record<string, Silence>> = {
  'a stream without a head': { mode: 'stream', outcome: 'first-byte-timeout', afterMs: 400, begin: nothing },
  'a stream of pings': {
    mode: 'stream',
    outcome: 'first-byte-timeout',
    afterMs: 400,
    begin: (call) => call.write(RAW_STREAM),
    beat: (spoken) => PINGS[spoken],
  },
  'a stream of a frame that never ends': {
    mode: 'stream',
    outcome: 'first-byte-timeout',
    afterMs: 400,
    begin: (call) => call.write(`${RAW_STREAM}6\r\ndata: \r\n`),
    beat: () => 'x',
  },
  'pings behind the first words': {
    mode: 'stream',
    outcome: 'idle-timeout',
    afterMs: 400,
    begin(call, spoken) {
      call.write(RAW_STREAM)
      call.chunk(WORDS[spoken])
    },
    beat: (spoken) => PINGS[spoken],
  },
  'empty deltas behind the first words': {
    mode: 'stream',
    outcome: 'idle-timeout',
    afterMs: 400,
    begin(call, spoken) {
      call.write(RAW_STREAM)
      call.chunk(WORDS[spoken])
    },
    beat: (spoken) => EMPTY[spoken],
  },
  'words without end': {
    mode: 'stream',
    outcome: 'attempt-timeout',
    afterMs: 1_500,
    begin: (call) => call.write(RAW_STREAM),
    beat: (spoken) => WORDS[spoken],
  },
  'a whole answer without a head': {
    mode: 'unary',
    outcome: 'first-byte-timeout',
    afterMs: 400,
    begin: nothing,
  },
  'a whole answer of blank lines': {
    mode: 'unary',
    outcome: 'idle-timeout',
    afterMs: 400,
    begin: (call) => call.write(JSON_HEAD),
    beat: () => '\r\n',
  },
  'a whole answer that stops': {
    mode: 'unary',
    outcome: 'idle-timeout',
    afterMs: 400,
    begin(call) {
      call.write(JSON_HEAD)
      call.chunk('{"id":')
    },
  },
  'a whole answer that drips': {
    mode: 'unary',
    outcome: 'attempt-timeout',
    afterMs: 1_500,
    begin: (call) => call.write(`${JSON_HEAD}1\r\n"\r\n`),
    beat: () => 'x',
  },
}
const NAMES = Object.keys(SILENCES)

async function stayAway(call: RawCall): Promise<void> {
  const spoken = call.head.includes('/messages ') ? 'anthropic-messages' : 'openai-chat'
  const silence = SILENCES[NAMES[Number(readString(parseJsonObject(call.body) ?? {}, 'model'))] ?? '']
  silence?.begin(call, spoken)
  const beat = silence?.beat?.(spoken)
  if (beat === undefined) return
  while (await call.wait(50)) call.chunk(beat)
}

const SETTINGS = CLIENT_DIALECTS.flatMap((dialect) => CLIENT_DIALECTS.map((spoken) => ({ dialect, spoken })))

describe.each(SETTINGS)('a $dialect client of $spoken is rid of', ({ dialect, spoken }) => {
  let upstream: RawUpstream
  let house: House
  let answers: readonly Promise<Answer>[]
  beforeAll(async () => {
    upstream = await openRawUpstream(stayAway)
    house = await openHouse({
      clock,
      providers: () => ({ raw: providerEntry(upstream.url, { dialects: [spoken], timeout: LIMITS }) }),
    })
    answers = NAMES.map((name, index) => {
      const { mode = 'unary' } = SILENCES[name] ?? {}
      return ask(house.url, { dialect, mode, model: `raw/${index}`, key: house.key() })
    })
    await Promise.all(answers)
  })
  afterAll(async () => {
    await house.close()
    await upstream.close()
  })

  test.each(NAMES)('%s, when its limit says so', async (name) => {
    const answer = await answers[NAMES.indexOf(name)]
    const { outcome, afterMs } = SILENCES[name] as Silence
    const row = await house.rowOf(answer?.headers.get('x-request-id') ?? '')
    expect(row.outcome).toBe(outcome)
    expect(row.durationMs).toBeWithin(afterMs - 1, afterMs + SLACK_MS)
    expect(answer?.complete).toBe(false)
  })
})
