import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  RAW_STREAM,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { CLIENT_DIALECTS, type Mode } from '../modes.ts'
import { hear } from '../wire/hear.ts'
import type { WireFormat } from '../wire/wire-format.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

const LIMITS = { first_token: '400ms', idle: '400ms', total: '1500ms' }
/** What turns of the event loop may add to a limit. */
const SLACK_MS = 1_000

const clock = createTickingClock(10)
const JSON_HEAD = rawHead('200 OK', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })

interface Silence {
  readonly mode: Mode
  readonly outcome: string
  /** When it is over, milliseconds. */
  readonly afterMs: number
  readonly begin: (call: RawCall, wire: WireFormat) => void
  /** What is sent every now and then, for ever. */
  readonly beat?: (wire: WireFormat) => string
}

const nothing = (): void => {}
const wordOf = (text: string, { stream }: WireFormat): string => stream([text]).words.join('')

/** The head and the first word of a stream. */
function say(call: RawCall, wire: WireFormat): void {
  call.write(RAW_STREAM)
  call.chunk(wire.stream([]).start.join('') + wordOf('well', wire))
}

/** Ways of saying nothing, and the limit that ends each. */
const SILENCES: Readonly<Record<string, Silence>> = {
  'a stream without a head': { mode: 'stream', outcome: 'first-byte-timeout', afterMs: 400, begin: nothing },
  'a stream of pings': {
    mode: 'stream',
    outcome: 'first-byte-timeout',
    afterMs: 400,
    begin: (call) => call.write(RAW_STREAM),
    beat: ({ ping }) => ping,
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
    begin: say,
    beat: ({ ping }) => ping,
  },
  'empty deltas behind the first words': {
    mode: 'stream',
    outcome: 'idle-timeout',
    afterMs: 400,
    begin: say,
    beat: (wire) => wordOf('', wire),
  },
  'words without end': {
    mode: 'stream',
    outcome: 'attempt-timeout',
    afterMs: 1_500,
    begin: say,
    beat: (wire) => wordOf('well', wire),
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
  const { model, wire } = hear(call)
  const silence = SILENCES[NAMES[Number(model)] ?? '']
  silence?.begin(call, wire)
  const beat = silence?.beat?.(wire)
  if (beat === undefined) return
  while (await call.wait(50)) call.chunk(beat)
}

let upstream: RawUpstream
let house: House
beforeAll(async () => {
  upstream = await openRawUpstream(stayAway)
  house = await openHouse({
    clock,
    providers: () =>
      Object.fromEntries(
        CLIENT_DIALECTS.map((spoken) => [
          spoken,
          providerEntry(upstream.url, { dialects: [spoken], timeout: LIMITS }),
        ]),
      ),
  })
  clock.start()
})
afterAll(async () => {
  await house.close()
  clock.stop()
  await upstream.close()
})

describe.each(CLIENT_DIALECTS)('a %s client is rid of', (dialect) => {
  const cases = CLIENT_DIALECTS.flatMap((spoken) => NAMES.map((name) => ({ spoken, name })))
  let answers: readonly Promise<Answer>[]
  beforeAll(async () => {
    answers = cases.map(({ spoken, name }) => {
      const { mode = 'unary' } = SILENCES[name] ?? {}
      return ask(house.url, { dialect, mode, model: `${spoken}/${NAMES.indexOf(name)}`, key: house.key() })
    })
    await Promise.all(answers)
  })

  test.each(cases.map((one, index) => ({ ...one, index })))(
    '$name of a provider that speaks $spoken, when its limit says so',
    async ({ name, index }) => {
      const answer = await answers[index]
      const { outcome, afterMs } = SILENCES[name] as Silence
      const row = await house.rowOf(answer?.headers.get('x-request-id') ?? '')
      expect(row.outcome).toBe(outcome)
      expect(row.durationMs).toBeWithin(afterMs - 1, afterMs + SLACK_MS)
      expect(answer?.complete).toBe(false)
    },
  )
})
