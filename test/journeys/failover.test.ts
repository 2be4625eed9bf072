import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { CHAT_DIALECTS } from '../../src/dialects/chat-dialects.fixture.ts'
import { FAILURES, failureRow, type FailureCode } from '../../src/exchange/failure-table.ts'
import { readString } from '../../src/kit/json.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, SETTINGS, type ClientDialect, type Mode, type Setting } from '../modes.ts'
import { hear } from '../wire/hear.ts'
import type { Refusal } from '../wire/wire-format.ts'
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
/** What a breakdown in the middle of an answer is called differs by vendor. */
const OVERLOADED: ReadonlySet<ClientDialect> = new Set(['anthropic-messages', 'gemini'])
const saysOverloaded = (spoken: ClientDialect): boolean => OVERLOADED.has(spoken)
const saysServerError = (spoken: ClientDialect): boolean => !OVERLOADED.has(spoken)
/** An answer that stops before it says anything is cut, or empty where nothing else would have marked its end. */
const isGemini = (spoken: ClientDialect, mode: Mode): boolean => mode === 'stream' && spoken === 'gemini'
const notGemini = (spoken: ClientDialect, mode: Mode): boolean => mode === 'stream' && spoken !== 'gemini'

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
  { code: 'error-in-success', model: 'fault?kind=error-200', where: saysServerError },
  { code: 'provider-overloaded', model: 'fault?kind=error-200', where: saysOverloaded },
  { code: 'error-in-success', model: 'fault?kind=error-event-first', where: saysServerError },
  { code: 'provider-overloaded', model: 'fault?kind=error-event-first', where: saysOverloaded },
  { code: 'empty-response', model: 'fault?kind=empty-200' },
  { code: 'stream-truncated', model: 'fault?kind=reset-mid-stream&after=1', where: unaryOnly },
  { code: 'stream-truncated', model: 'half-a-head', at: 'scripted', where: notGemini },
  { code: 'empty-response', model: 'half-a-head', at: 'scripted', where: isGemini },
  { code: 'response-too-large', model: 'fault?kind=oversized-frame&after=0', where: streamOnly },
]

/** Failures that are the same everywhere, so that nobody else is asked. */
const FINAL_CAUSES: readonly (Cause & { readonly status: number })[] = [
  { code: 'provider-rejected', model: 'fault?kind=status-422', status: 422 },
  { code: 'provider-rejected', model: 'fault?kind=status-400', status: 400 },
  { code: 'content-refused', model: 'filtered', at: 'scripted', status: 400 },
  { code: 'stale-seal', model: 'stale', at: 'scripted', status: 400 },
]

/** Breaks behind the first words, and what they are called. */
const BREAKS: readonly Cause[] = [
  { code: 'stream-truncated', model: 'fault?kind=truncate-mid-stream' },
  { code: 'stream-truncated', model: 'fault?kind=reset-mid-stream' },
  { code: 'idle-timeout', model: 'fault?kind=stall-mid-stream', timeout: { idle: BRIEFLY } },
  { code: 'error-in-success', model: 'fault?kind=error-event-mid-stream', where: saysServerError },
  { code: 'provider-overloaded', model: 'fault?kind=error-event-mid-stream', where: saysOverloaded },
  { code: 'response-too-large', model: 'fault?kind=oversized-frame' },
]

/** Failures with a story of their own below, and the one that only the operator's own rules can cause. */
const ELSEWHERE: readonly FailureCode[] = ['stale-connection', 'destination-forbidden', 'answer-rejected']

test('every failure of a provider is caused somewhere in this file', () => {
  const caused = new Set([...CAUSES, ...FINAL_CAUSES].map(({ code }) => code).concat(ELSEWHERE))
  const known = Object.keys(FAILURES).filter((code) => failureRow(code as FailureCode).source === 'provider')
  expect(known.filter((code) => !caused.has(code as FailureCode))).toEqual([])
  for (const { code } of CAUSES) expect(failureRow(code).failOver).not.toBe('no')
  for (const { code } of FINAL_CAUSES) expect(failureRow(code).failOver).toBe('no')
})

const OPENAI_REFUSALS = {
  filtered: { code: 'content_policy_violation' },
  stale: { code: 'invalid_encrypted_content' },
} as const

/** What the scripted provider says of a request that it refuses: each dialect has words of its own for these. */
const REFUSALS: Readonly<Record<ClientDialect, Readonly<Record<'filtered' | 'stale', Partial<Refusal>>>>> = {
  'openai-chat': OPENAI_REFUSALS,
  'openai-responses': OPENAI_REFUSALS,
  'anthropic-messages': {
    filtered: { message: 'Output blocked by content filtering policy' },
    stale: { message: 'messages.1.content.0: Invalid `signature` in `thinking` block' },
  },
  gemini: {
    filtered: { message: 'The prompt was blocked by our content filtering policy.' },
    stale: { message: 'Thought signature is not valid.' },
  },
}

const scripted = openScriptedProvider(({ request, body }) => {
  const { pathname, search } = new URL(request.url)
  const { model, wire, dialect } = hear({ head: `POST ${pathname}${search}`, body })
  if (model === 'half-a-head') {
    const [frame = ''] = wire.stream([], { input: 1, output: 0 }).start
    return new Response(frame, { headers: { 'content-type': 'text/event-stream' } })
  }
  if (model === 'walled') {
    const page =
      '<html><head><title>Attention Required!</title></head><body>Sorry, you have been blocked</body></html>'
    return new Response(page, { status: 403, headers: { 'content-type': 'text/html' } })
  }
  const words = REFUSALS[dialect][model === 'stale' ? 'stale' : 'filtered']
  return Response.json(wire.error({ status: 400, message: 'Not like this.', ...words }), { status: 400 })
})

const clock = createTickingClock(10)
let silence: SilentAddress
/** Speaks no TLS, and so never finishes a handshake. */
let plain: RawUpstream
function addressOf(cause: Pick<Cause, 'at'>, simulatorUrl: string): string {
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

/** A cause as one setting meets it, at a provider of its own, so that what it does to health is nobody else's business. */
type Met<C extends Cause> = C & { readonly name: string; readonly setting: Setting }

/** What each of the settings meets. */
function meetings<C extends Cause>(kind: string, causes: readonly C[], settings: readonly Setting[]) {
  return settings.map((setting, place) => ({
    setting,
    cases: causes
      .filter(({ where }) => where?.(setting.spoken, setting.mode) ?? true)
      .map((cause, index): Met<C> => ({ ...cause, setting, name: `${kind}-${place}-${index}` })),
  }))
}

const FIRST = meetings('first', CAUSES, SETTINGS)
const FINAL = meetings('final', FINAL_CAUSES, SETTINGS)
const BROKEN = meetings(
  'broken',
  BREAKS,
  SETTINGS.filter(({ mode }) => mode === 'stream'),
)

let house: House
beforeAll(async () => {
  silence = await openSilentAddress()
  plain = await openRawUpstream(() => {})
  const cases: readonly Met<Cause>[] = [...FIRST, ...FINAL, ...BROKEN].flatMap((met) => met.cases)
  const entryOf = (url: string, { name, setting, timeout, ...cause }: Met<Cause>) => [
    name,
    providerEntry(addressOf(cause, url), {
      dialects: [setting.spoken],
      timeout: { connect: '2s', first_token: '10s', idle: '10s', total: '20s', ...timeout },
    }),
  ]
  house = await openHouse({
    clock,
    providers: (url) => ({
      ...Object.fromEntries(cases.map((one) => entryOf(url, one))),
      ...Object.fromEntries(
        CLIENT_DIALECTS.map((spoken) => [`good-${spoken}`, providerEntry(url, { dialects: [spoken] })]),
      ),
    }),
    config: {
      routes: Object.fromEntries(
        cases.map(({ name, model, setting }) => [name, [`${name}/${model}`, `good-${setting.spoken}/echo`]]),
      ),
    },
  })
  clock.start()
})
afterAll(async () => {
  await house.close()
  clock.stop()
  silence.close()
  await plain.close()
  await scripted.close()
})

interface Outcome {
  readonly answer: Answer
  readonly row: RequestRow
  readonly outcomes: readonly (string | undefined)[]
}

async function askRoute({ name, setting: { dialect, mode } }: Met<Cause>): Promise<Outcome> {
  const text = 'Say exactly this.'
  const answer = await ask(house.url, { dialect, mode, model: name, key: house.key(), text })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  return { answer, row, outcomes: attemptsOf(row).map((attempt) => readString(attempt, 'outcome')) }
}

const titleOf = ({ dialect, mode, spoken }: Setting): string => `a ${dialect} client, ${mode}, of ${spoken}`

for (const { setting, cases } of FIRST) {
  describe(titleOf(setting), () => {
    let outcomes: ReadonlyMap<string, Promise<Outcome>>
    beforeAll(async () => {
      // Until there may be as many further attempts as at the beginning.
      clock.advance(10_000)
      outcomes = new Map(cases.map((one) => [one.name, askRoute(one)]))
      await Promise.all(outcomes.values())
    })

    test.each(cases)(
      'sees only the second answer when the first fails with $code ($model)',
      async ({ code, model, name }) => {
        const found = await outcomes.get(name)
        const failed = failureRow(code).sameTarget === 'after-pause' ? [code, code] : [code]
        expect(found?.outcomes).toEqual([...failed, 'ok'])
        const { answer, row } = found as Outcome
        expect(answer).toMatchObject({ status: 200, text: 'Say exactly this.', complete: true })
        expect(answer.error).toBeUndefined()
        const good = `good-${setting.spoken}/echo`
        const attempts = answer.headers.get('x-gatehouse-attempts')
        expect(attempts).toStartWith(`${failed.length + 1}; ${name}/${model}=`)
        expect(attempts).toContain(`, ${good}=`)
        expect(answer.headers.get('x-gatehouse-model')).toBe(good)
        expect(row).toMatchObject({ outcome: 'ok', status: 200, target: good })
      },
    )
  })
}

for (const { setting, cases } of FINAL) {
  describe(`${titleOf(setting)}: what is the same everywhere`, () => {
    test.each(cases)('gets $status for $code and nobody else is asked', async (one) => {
      const { answer, outcomes } = await askRoute(one)
      expect(outcomes).toEqual([one.code])
      expect(answer.status).toBe(one.status)
      expect(answer.headers.get('x-should-retry')).toBe('false')
      expect(answer.error).toBeDefined()
    })
  })
}

for (const { setting, cases } of BROKEN) {
  describe(`${titleOf(setting)}, whose stream breaks behind its first words`, () => {
    test.each(cases)('gets an error event and nobody else is asked: $code ($model)', async (one) => {
      const { answer, outcomes, row } = await askRoute(one)
      expect(outcomes).toEqual([one.code])
      expect(answer).toMatchObject({ status: 200, complete: false, finish: undefined, ends: 1 })
      expect(answer.text).not.toBe('')
      expect(answer.error).toBeDefined()
      expect(row).toMatchObject({ outcome: one.code })
    })
  })
}

test('and providers were called once per attempt, and nobody else where all would fail alike', () => {
  const entries = house.provider.bill.entries()
  const ids = entries.map(({ attemptId }) => attemptId)
  expect(ids).not.toContain(undefined)
  expect(new Set(ids).size).toBe(ids.length)
  const served = FIRST.flatMap(({ cases }) => cases).length
  expect(entries.filter(({ model }) => model === 'echo')).toHaveLength(served)
})

test('the dialects of the tests are those of the house', () => {
  expect<string[]>(CLIENT_DIALECTS.toSorted()).toEqual(CHAT_DIALECTS.map(({ name }) => name).toSorted())
})
