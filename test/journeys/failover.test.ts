import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { CHAT_DIALECTS } from '../../src/dialects/chat-dialects.fixture.ts'
import { FAILURES, failureRow, type FailureCode } from '../../src/exchange/failure-table.ts'
import { parseJsonObject, readString } from '../../src/kit/json.ts'
import type { RequestRow } from '../../src/store/store.ts'
import {
  CLIENT_DIALECTS,
  MODES,
  WITHOUT_JOURNEYS,
  type ClientDialect,
  type Mode,
  type AnyDialect,
} from '../modes.ts'
import { ask, attemptsOf, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'
import { openRawUpstream, type RawUpstream } from '../../src/kit/raw-upstream.fixture.ts'
import { openSilentAddress, type SilentAddress } from '../../src/kit/silent-address.fixture.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'

type Timeout = NonNullable<Exclude<NonNullable<ConfigFile['providers']>[string], string | null>['timeout']>

/** How the first target fails. */
interface Cause {
  readonly code: FailureCode
  /** A simulated model, or words of the scripted provider. */
  readonly model: string
  readonly at?: 'simulator' | 'scripted' | 'nowhere' | 'silence' | 'no-handshake'
  readonly timeout?: Timeout
  /** Where it is caused; by the dialect that the provider is spoken to. */
  readonly where?: (spoken: ClientDialect, mode: Mode) => boolean
}

const BRIEFLY = '250ms'
const unaryOnly = (_spoken: ClientDialect, mode: Mode): boolean => mode === 'unary'
const streamOnly = (_spoken: ClientDialect, mode: Mode): boolean => mode === 'stream'
const notAnthropic = (spoken: ClientDialect): boolean => spoken !== 'anthropic-messages'
const isAnthropic = (spoken: ClientDialect): boolean => spoken === 'anthropic-messages'

const status = (code: FailureCode, number: number): Cause => ({ code, model: `fault?kind=status-${number}` })

/** Causes of every failure of a provider that leads elsewhere before anything was said. */
const CAUSES: readonly Cause[] = [
  { code: 'connect-failed', model: 'smart', at: 'nowhere' },
  { code: 'connect-timeout', model: 'smart', at: 'silence', timeout: { connect: BRIEFLY } },
  { code: 'connect-timeout', model: 'echo', at: 'no-handshake', timeout: { connect: BRIEFLY } },
  { code: 'connection-reset', model: 'fault?kind=reset-before-head' },
  {
    code: 'first-byte-timeout',
    model: 'fault?kind=stall-before-head',
    timeout: { first_token: BRIEFLY },
    where: streamOnly,
  },
  {
    code: 'first-byte-timeout',
    model: 'fault?kind=ping-forever',
    timeout: { first_token: BRIEFLY },
    where: streamOnly,
  },
  {
    code: 'idle-timeout',
    model: 'fault?kind=stall-mid-stream',
    // The head of a whole answer is waited for as long, while all the other causes are tried.
    timeout: { idle: '1s' },
    where: unaryOnly,
  },
  { code: 'attempt-timeout', model: 'fault?kind=stall-before-head&id=whole', timeout: { total: BRIEFLY } },
  status('provider-overloaded', 503),
  status('provider-overloaded', 529),
  status('provider-error', 500),
  status('provider-error', 502),
  status('provider-timeout', 504),
  status('provider-timeout', 408),
  status('provider-conflict', 409),
  status('provider-rate-limited', 429),
  { code: 'provider-quota', model: 'fault?kind=quota-spent' },
  status('provider-auth', 401),
  status('provider-forbidden', 403),
  { code: 'provider-blocked', model: 'walled', at: 'scripted' },
  status('provider-model-missing', 404),
  status('provider-unsupported', 501),
  status('provider-too-large', 413),
  { code: 'context-overflow', model: 'smart?context=8' },
  { code: 'malformed-response', model: 'fault?kind=html-200' },
  { code: 'malformed-response', model: 'fault?kind=status-302' },
  { code: 'malformed-response', model: 'fault?kind=bad-json-frame&after=0', where: notAnthropic },
  { code: 'error-in-success', model: 'fault?kind=error-200', where: notAnthropic },
  { code: 'error-in-success', model: 'fault?kind=error-event-first', where: notAnthropic },
  { code: 'provider-overloaded', model: 'fault?kind=error-event-first', where: isAnthropic },
  { code: 'empty-response', model: 'fault?kind=empty-200' },
  { code: 'stream-truncated', model: 'fault?kind=reset-mid-stream&after=1', where: unaryOnly },
  { code: 'stream-truncated', model: 'half-a-head', at: 'scripted', where: streamOnly },
  { code: 'response-too-large', model: 'fault?kind=oversized-frame&after=0', where: streamOnly },
]

/** Failures that are the same everywhere, so that nobody else is asked. */
const FINAL_CAUSES: readonly (Cause & { readonly status: number })[] = [
  { code: 'provider-rejected', model: 'fault?kind=status-422', status: 422 },
  { code: 'provider-rejected', model: 'fault?kind=status-400', status: 400 },
  { code: 'content-refused', model: 'filtered', at: 'scripted', status: 400 },
  { code: 'stale-seal', model: 'stale', at: 'scripted', status: 400 },
]

/** Failures with a story of their own below, and the one that only the operator's own rules can cause. */
const ELSEWHERE: readonly FailureCode[] = ['stale-connection', 'destination-forbidden']

test('every failure of a provider is caused somewhere in this file', () => {
  const caused = new Set([...CAUSES, ...FINAL_CAUSES].map(({ code }) => code).concat(ELSEWHERE))
  const known = Object.keys(FAILURES).filter((code) => failureRow(code as FailureCode).source === 'provider')
  expect(known.filter((code) => !caused.has(code as FailureCode))).toEqual([])
  for (const { code } of CAUSES) expect(failureRow(code).failOver).not.toBe('no')
  for (const { code } of FINAL_CAUSES) expect(failureRow(code).failOver).toBe('no')
})

const scripted = openScriptedProvider(({ path, body }) => {
  const model = readString(parseJsonObject(body) ?? {}, 'model')
  const isMessages = path.endsWith('/messages')
  if (model === 'half-a-head') {
    const frame = isMessages
      ? 'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"x","content":[],"usage":{"input_tokens":1,"output_tokens":0}}}\n\n'
      : 'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n'
    return new Response(frame, { headers: { 'content-type': 'text/event-stream' } })
  }
  if (model === 'walled') {
    const page =
      '<html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked</body></html>'
    return new Response(page, { status: 403, headers: { 'content-type': 'text/html' } })
  }
  return Response.json(isMessages ? messagesError(model) : chatError(model), { status: 400 })
})

function chatError(model: string | undefined) {
  const code = model === 'stale' ? 'invalid_encrypted_content' : 'content_policy_violation'
  return { error: { message: 'Not like this.', type: 'invalid_request_error', param: null, code } }
}

function messagesError(model: string | undefined) {
  const message =
    model === 'stale'
      ? 'messages.1.content.0: Invalid `signature` in `thinking` block'
      : 'Output blocked by content filtering policy'
  return { type: 'error', error: { type: 'invalid_request_error', message } }
}

const clock = createTickingClock(10)
let silence: SilentAddress
/** Speaks no TLS, and so never finishes a handshake. */
let plain: RawUpstream
beforeAll(async () => {
  silence = await openSilentAddress()
  plain = await openRawUpstream(() => {})
  clock.start()
})
afterAll(async () => {
  clock.stop()
  silence.close()
  await plain.close()
  await scripted.close()
})

interface Setting {
  readonly dialect: ClientDialect
  readonly mode: Mode
  readonly lane: 'native' | 'translated'
}

const SETTINGS: readonly Setting[] = CLIENT_DIALECTS.flatMap((dialect) =>
  MODES.flatMap((mode) => (['native', 'translated'] as const).map((lane) => ({ dialect, mode, lane }))),
)

/** The dialect that providers are spoken to. */
function spokenIn({ dialect, lane }: Setting): ClientDialect {
  const other = CLIENT_DIALECTS.find((name) => name !== dialect) ?? dialect
  return lane === 'native' ? dialect : other
}

function addressOf(cause: Cause, simulatorUrl: string): string {
  switch (cause.at ?? 'simulator') {
    case 'simulator':
      return simulatorUrl
    case 'scripted':
      return scripted.url
    case 'nowhere':
      return 'http://127.0.0.1:9'
    case 'silence':
      return silence.url
    case 'no-handshake':
      return `https://127.0.0.1:${plain.port}`
  }
}

/** A house with one provider and one route per cause, so that what one cause does to health is nobody else's business. */
function openFor(causes: readonly Cause[], setting: Setting): Promise<House> {
  const dialects = [spokenIn(setting)]
  return openHouse({
    clock,
    providers: (url) => ({
      ...Object.fromEntries(
        causes.map((cause, index) => [
          `p${index}`,
          providerEntry(addressOf(cause, url), {
            dialects,
            timeout: { connect: '2s', first_token: '10s', idle: '10s', total: '20s', ...cause.timeout },
          }),
        ]),
      ),
      good: providerEntry(url, { dialects }),
    }),
    config: {
      routes: Object.fromEntries(
        causes.map(({ model }, index) => [`route-${index}`, [`p${index}/${model}`, 'good/echo']]),
      ),
    },
  })
}

interface Outcome {
  readonly answer: Answer
  readonly row: RequestRow
  readonly outcomes: readonly (string | undefined)[]
}

async function askRoute(house: House, setting: Setting, model: string, extra = {}): Promise<Outcome> {
  const { dialect, mode } = setting
  const answer = await ask(house.url, {
    dialect,
    mode,
    model,
    key: house.key(),
    text: 'Say exactly this.',
    extra,
  })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  const attempts = attemptsOf(row)
  return { answer, row, outcomes: attempts.map((attempt) => readString(attempt, 'outcome')) }
}

describe.each(SETTINGS)('a $dialect client, $mode, $lane', (setting) => {
  const spoken = spokenIn(setting)
  const causes = CAUSES.filter(({ where }) => where?.(spoken, setting.mode) ?? true)
  let house: House
  let outcomes: Promise<Outcome>[]
  beforeAll(async () => {
    house = await openFor(causes, setting)
    outcomes = causes.map((_cause, index) => askRoute(house, setting, `route-${index}`))
    await Promise.all(outcomes)
  })
  afterAll(() => house.close())

  test.each(causes.map((cause, index) => ({ ...cause, index })))(
    'sees only the second answer when the first fails with $code ($model)',
    async ({ code, index, model }) => {
      const found = await outcomes[index]
      const failed = failureRow(code).sameTarget === 'after-pause' ? [code, code] : [code]
      expect(found?.outcomes).toEqual([...failed, 'ok'])
      const { answer, row } = found as Outcome
      expect(answer).toMatchObject({ status: 200, text: 'Say exactly this.', complete: true })
      expect(answer.error).toBeUndefined()
      expect(answer.headers.get('x-gatehouse-attempts')).toStartWith(
        `${failed.length + 1}; p${index}/${model}=`,
      )
      expect(answer.headers.get('x-gatehouse-attempts')).toContain(', good/echo=')
      expect(answer.headers.get('x-gatehouse-model')).toBe('good/echo')
      expect(row).toMatchObject({ outcome: 'ok', status: 200, target: 'good/echo' })
    },
  )

  test('and the provider was called once per attempt', () => {
    const ids = house.provider.bill.entries().map(({ attemptId }) => attemptId)
    expect(ids).not.toContain(undefined)
    expect(new Set(ids).size).toBe(ids.length)
    expect(house.provider.bill.entries().filter(({ model }) => model === 'echo')).toHaveLength(causes.length)
  })
})

describe.each(SETTINGS)('a $dialect client, $mode, $lane: what is the same everywhere', (setting) => {
  let house: House
  beforeAll(async () => {
    house = await openFor(FINAL_CAUSES, setting)
  })
  afterAll(() => house.close())

  test.each(FINAL_CAUSES.map((cause, index) => ({ ...cause, index })))(
    'gets $status for $code and nobody else is asked',
    async ({ code, index, status: expected }) => {
      const { answer, outcomes } = await askRoute(house, setting, `route-${index}`)
      expect(outcomes).toEqual([code])
      expect(answer.status).toBe(expected)
      expect(answer.headers.get('x-should-retry')).toBe('false')
      expect(answer.error).toBeDefined()
      expect(house.provider.bill.entries().filter(({ model }) => model === 'echo')).toEqual([])
    },
  )
})

/** Breaks behind the first words, and what they are called. */
const BREAKS: readonly Cause[] = [
  { code: 'stream-truncated', model: 'fault?kind=truncate-mid-stream' },
  { code: 'stream-truncated', model: 'fault?kind=reset-mid-stream' },
  { code: 'idle-timeout', model: 'fault?kind=stall-mid-stream', timeout: { idle: BRIEFLY } },
  { code: 'error-in-success', model: 'fault?kind=error-event-mid-stream', where: notAnthropic },
  { code: 'provider-overloaded', model: 'fault?kind=error-event-mid-stream', where: isAnthropic },
  { code: 'response-too-large', model: 'fault?kind=oversized-frame' },
]

describe.each(SETTINGS.filter(({ mode }) => mode === 'stream'))(
  'a $dialect stream, $lane, that breaks behind its first words',
  (setting) => {
    const causes = BREAKS.filter(({ where }) => where?.(spokenIn(setting), 'stream') ?? true)
    let house: House
    beforeAll(async () => {
      house = await openFor(causes, setting)
    })
    afterAll(() => house.close())

    test.each(causes.map((cause, index) => ({ ...cause, index })))(
      'ends with an error event and nobody else is asked: $code ($model)',
      async ({ code, index }) => {
        const { answer, outcomes, row } = await askRoute(house, setting, `route-${index}`)
        expect(outcomes).toEqual([code])
        expect(answer).toMatchObject({ status: 200, complete: false })
        expect(answer.text).not.toBe('')
        expect(answer.error).toBeDefined()
        expect(answer.wire).not.toContain('[DONE]')
        expect(answer.wire).not.toContain('message_stop')
        expect(row).toMatchObject({ outcome: code })
        expect(house.provider.bill.entries().filter(({ model }) => model === 'echo')).toEqual([])
      },
    )
  },
)

test('the dialects are those of the house, but for those whose journeys are still to be written', () => {
  expect([...CLIENT_DIALECTS, ...WITHOUT_JOURNEYS].toSorted()).toEqual(
    CHAT_DIALECTS.map(({ name }) => name as AnyDialect).toSorted(),
  )
})
