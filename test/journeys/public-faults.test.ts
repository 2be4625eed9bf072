import { afterAll, beforeAll, expect, test } from 'bun:test'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { readString } from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import type { LedgerRow } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, MODES, PAIRS, type ClientDialect, type Mode, type Pair } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { ask, attemptsOf, type Answer } from './asking.ts'
import { openFaultyProvider, USAGE, type FaultyCall, type FaultyProvider } from './faulty-provider.ts'
import { openHouse, type House } from './open-house.ts'

/**
 * What providers do on their bad days, met with the settings of a configuration that says nothing. Time is the test's: it
 * passes by itself in small steps, and as fast as a provider's script says.
 */

/** How much time passes with every tick. */
const TICK_MS = 20
/** What the test itself adds to a bound: ticks that fall into a request, and steps until a provider sees that its caller left. */
const SLACK_MS = 3_000
const SLACK_SHARE = 0.1

const FIRST_TOKEN_MS = 30_000
const IDLE_MS = 120_000
const UNARY_SILENCE_MS = 600_000

/** How a case ends for the client: whole from the first or the fallback, refused, or broken off with one honest event. */
type Ending = 'first' | 'fallback' | 'refused' | 'broken'

interface Met {
  readonly ends: Ending
  /** Outcomes of the attempts, in order. */
  readonly outcomes: readonly string[]
  /** Time until the end of the answer. */
  readonly withinMs: number
}

interface Fault {
  readonly name: string
  script(call: FaultyCall): void | Promise<void>
  /** What is right; undefined where the case means nothing. */
  expected(mode: Mode): Met | undefined
}

const fallback = (withinMs: number, ...failed: readonly string[]): Met => ({
  ends: 'fallback',
  outcomes: [...failed, 'ok'],
  withinMs,
})
const first = (withinMs: number, ...failed: readonly string[]): Met => ({
  ends: 'first',
  outcomes: [...failed, 'ok'],
  withinMs,
})
const broken = (withinMs: number, outcome: string): Met => ({ ends: 'broken', outcomes: [outcome], withinMs })

/** How long a provider works before it breaks off: it charges for that, also where nobody saw a word. */
const WORK_MS = 2_000

/** Of the machine's time: for a caller who is to hang up by himself. */
const LONGEST_WAIT_MS = 60_000

const cut = async (call: FaultyCall): Promise<void> => {
  await call.begin('half of')
  await call.pass(WORK_MS)
  call.reset()
}

const SLOW_DOWN = { status: 429, type: 'rate_limit_error', message: 'Slow down.' } as const
const BUSY = { status: 503, type: 'overloaded_error', message: 'Busy.' } as const

const FAULTS: readonly Fault[] = [
  {
    name: 'a rate limit that names a second',
    script(call) {
      if (call.time > 1) return call.answer('after the wait')
      call.refuse(SLOW_DOWN, { 'retry-after': 1 })
    },
    expected: () => first(1_200, 'provider-rate-limited'),
  },
  {
    name: 'a rate limit that names nothing',
    script: (call) => call.refuse(SLOW_DOWN),
    expected: () => fallback(0, 'provider-rate-limited'),
  },
  {
    name: 'one 500',
    script(call) {
      if (call.time > 1) return call.answer('the second time')
      call.refuse({ status: 500, type: 'api_error', message: 'Oops.' })
    },
    expected: () => first(400, 'provider-error'),
  },
  {
    name: '503 for ever',
    script: (call) => call.refuse(BUSY),
    expected: () => fallback(400, 'provider-overloaded', 'provider-overloaded'),
  },
  {
    name: 'a reset before the headers',
    script: (call) => call.reset(),
    expected: () => fallback(0, 'connection-reset'),
  },
  {
    name: 'silence',
    script: (call) => call.pass(UNARY_SILENCE_MS + 60_000),
    expected: (mode) =>
      mode === 'stream'
        ? fallback(FIRST_TOKEN_MS, 'first-byte-timeout')
        : fallback(UNARY_SILENCE_MS, 'first-byte-timeout'),
  },
  {
    name: 'a first token after twenty seconds',
    async script(call) {
      await call.pass(20_000)
      call.answer('late and whole')
    },
    expected: () => first(20_000),
  },
  {
    name: 'a cut',
    script: cut,
    expected: (mode) =>
      mode === 'stream' ? broken(WORK_MS, 'stream-truncated') : fallback(WORK_MS, 'stream-truncated'),
  },
  {
    name: 'a stall',
    async script(call) {
      await call.begin('half of')
      await call.pass(UNARY_SILENCE_MS + 60_000)
    },
    expected: (mode) =>
      mode === 'stream' ? broken(IDLE_MS, 'idle-timeout') : fallback(UNARY_SILENCE_MS, 'idle-timeout'),
  },
  {
    name: 'chunks that are no JSON',
    async script(call) {
      await call.begin('half of')
      if (call.mode === 'unary') {
        await call.pass(WORK_MS)
        return call.end()
      }
      for (let count = 0; count < 3; count += 1) call.piece('data: {"choices":[{"delta":{"cont\n\n')
      await call.wait(LONGEST_WAIT_MS)
    },
    expected: (mode) =>
      mode === 'stream' ? broken(0, 'malformed-response') : fallback(WORK_MS, 'stream-truncated'),
  },
  {
    name: 'a transport that ends before the last word',
    async script(call) {
      await call.begin('whole but for its end')
      call.finish()
      call.last()
    },
    expected: (mode) => (mode === 'stream' ? first(0) : undefined),
  },
  {
    name: 'a transport that stays open behind a complete answer',
    async script(call) {
      if (call.mode === 'unary') call.whole('whole but for its end')
      else {
        await call.begin('whole but for its end')
        call.finish()
      }
      await call.pass(60_000)
    },
    expected: () => first(LIMITS.lastWordMs),
  },
  {
    name: 'a conversation that is too long',
    script: (call) =>
      call.refuse({ status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' }),
    expected: () => fallback(0, 'context-overflow'),
  },
  {
    name: 'a content filter',
    script: (call) =>
      call.refuse({
        status: 400,
        code: 'content_filter',
        message: 'The response was filtered due to the prompt triggering our content management policy.',
      }),
    expected: () => ({ ends: 'refused', outcomes: ['content-refused'], withinMs: 0 }),
  },
  {
    name: 'a cut before a fallback that would not go on with half an answer',
    script: cut,
    expected: (mode) => (mode === 'stream' ? broken(WORK_MS, 'stream-truncated') : undefined),
  },
]

/** A fault in one mode, as it is met by every pair at the same time: time passes for all of them. */
interface Case extends Met {
  readonly name: string
  readonly mode: Mode
  readonly script: Fault['script']
  /** The model of the case at each pair's own provider, by which the script is found. */
  readonly modelOf: (pair: Pair) => string
}

const CASES: readonly Case[] = MODES.flatMap((mode) =>
  FAULTS.flatMap(({ name, script, expected }, index): Case[] => {
    const met = expected(mode)
    if (met === undefined) return []
    const modelOf = (pair: Pair): string => `fault-${index}-${mode}-${PAIRS.indexOf(pair)}`
    return [{ ...met, name, mode, script, modelOf }]
  }),
)

const DOWN = 'flapping'
const FLAP_MS = 5_000
const FLAPPING_MS = 60_000

/** A provider that is up and down in turns for a minute, then up. */
function flap(call: FaultyCall): void {
  const elapsedMs = clock.elapsedMs() - flappingSinceMs
  const isDown = elapsedMs < FLAPPING_MS && Math.floor(elapsedMs / FLAP_MS) % 2 === 0
  if (isDown) call.refuse(BUSY)
  else call.answer(`${DOWN} is well.`)
}
let flappingSinceMs = 0

const clock = createTickingClock(TICK_MS)
let provider: FaultyProvider
let house: House

beforeAll(async () => {
  const met = CASES.flatMap(({ modelOf, script }) =>
    PAIRS.map((pair) => ({ pair, model: modelOf(pair), script })),
  )
  const scripts = new Map(met.map(({ model, script }) => [model, script]))
  scripts.set(DOWN, flap)
  provider = await openFaultyProvider(scripts, clock)
  const entry = (dialect: ClientDialect) => ({
    type: WIRES[dialect].providerType,
    base_url: provider.url + WIRES[dialect].basePath,
    key: 'env:PROVIDER_KEY',
    dialects: [dialect],
    // No case is about connecting, which takes real time while the clock of the scripts goes on.
    timeout: { connect: '10m' },
  })
  house = await openHouse({
    clock,
    providers: () => ({
      ...Object.fromEntries(met.map(({ model, pair }) => [model, entry(pair.spoken)])),
      ...Object.fromEntries(CLIENT_DIALECTS.map((dialect) => [`good-${dialect}`, entry(dialect)])),
      [DOWN]: entry('openai-chat'),
    }),
    config: {
      routes: {
        ...Object.fromEntries(
          met.map(({ model, pair }) => [model, [`${model}/${model}`, `good-${pair.dialect}/fallback`]]),
        ),
        [DOWN]: [`${DOWN}/${DOWN}`, 'good-openai-chat/fallback'],
      },
    },
  })
  clock.start()
})

let ledger: readonly LedgerRow[] = []
const finish = async (): Promise<void> => {
  ledger = (await house.close()).ledger
  clock.stop()
  await provider.close()
}
afterAll(finish)

async function meet(dialect: ClientDialect, mode: Mode, model: string) {
  const beganMs = clock.elapsedMs()
  const answer = await ask(house.url, { dialect, mode, model, key: house.key() })
  const tookMs = clock.elapsedMs() - beganMs
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  const attempts = attemptsOf(row)
  return { answer, tookMs, row, outcomes: attempts.map((attempt) => readString(attempt, 'outcome') ?? '') }
}

function expectEnding(answer: Answer, { ends, mode }: Case): void {
  switch (ends) {
    case 'first':
    case 'fallback':
      expect(answer).toMatchObject({ status: 200, complete: true, error: undefined })
      if (ends === 'fallback') expect(answer.text).toBe('fallback is well.')
      else expect(answer.text).not.toBe('fallback is well.')
      return
    case 'refused':
      expect(answer).toMatchObject({ status: 400, complete: false })
      expect(readString(answer.error ?? {}, 'message')).toContain('content management policy')
      return
    case 'broken':
      expect(mode).toBe('stream')
      expect(answer).toMatchObject({ status: 200, text: 'half of', complete: false, ends: 1 })
      expect(answer.error).toBeDefined()
  }
}

test.each(CASES.map((one) => ({ ...one })))('$mode: $name', async (one) => {
  const { mode, modelOf, outcomes, withinMs } = one
  await Promise.all(
    PAIRS.map(async (pair) => {
      const met = await provider.beside(() => meet(pair.dialect, mode, modelOf(pair)))
      expect({ ...pair, outcomes: met.outcomes }).toEqual({ ...pair, outcomes: [...outcomes] })
      expectEnding(met.answer, one)
      expect(met.tookMs).toBeLessThanOrEqual(withinMs * (1 + SLACK_SHARE) + SLACK_MS)
    }),
  )
})

test('a provider that flaps for a minute costs nobody an answer, and serves everybody within thirty seconds of its last fall', async () => {
  flappingSinceMs = clock.elapsedMs()
  const untilMs = flappingSinceMs + FLAPPING_MS + 60_000
  let lastElsewhereMs = 0
  while (clock.elapsedMs() < untilMs) {
    const { answer, row } = await meet('openai-chat', 'stream', DOWN)
    expect(answer).toMatchObject({ status: 200, complete: true, error: undefined })
    if (!row.target?.startsWith(DOWN)) lastElsewhereMs = clock.elapsedMs()
    clock.advance(900)
  }
  expect(lastElsewhereMs - (flappingSinceMs + FLAPPING_MS - FLAP_MS)).toBeLessThanOrEqual(30_000)
})

test('and the ledger agrees with what the provider has in its books', async () => {
  await finish()
  const rows = new Map(ledger.map((row) => [row.id, row]))
  expect(rows.size).toBe(ledger.length)
  for (const { attempt, state, inputTold } of provider.bill) {
    const row = rows.get(attempt)
    const { inputTokens = 0, outputTokens = 0 } = row?.usage ?? {}
    const { basis = 'none' } = row ?? {}
    switch (state) {
      case 'told':
        expect({ basis, inputTokens, outputTokens }).toEqual({
          basis: 'reported',
          inputTokens: USAGE.input,
          outputTokens: USAGE.output,
        })
        break
      case 'refused':
        expect({ basis, inputTokens, outputTokens }).toEqual({
          basis: 'none',
          inputTokens: 0,
          outputTokens: 0,
        })
        break
      case 'begun':
        expect(row?.basis).toBeOneOf(['counted', 'timed', 'reported-partial'])
        if (inputTold) expect(inputTokens).toBe(USAGE.input)
        expect(inputTokens).toBeGreaterThan(0)
        expect(outputTokens).toBeGreaterThan(0)
        break
      case 'silent':
        expect(row?.basis).toBeOneOf(['counted', 'timed', 'reported-partial'])
    }
  }
  const known = new Set(provider.bill.map(({ attempt }) => attempt))
  expect(ledger.filter(({ id }) => !known.has(id))).toEqual([])
})
