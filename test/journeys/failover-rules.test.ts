import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readString } from '../../src/kit/json.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { ask, attemptsOf, type Answer, type Question } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'
import { openForgetfulProvider } from './forgetful-provider.ts'

const SETTINGS = CLIENT_DIALECTS.flatMap((dialect) => MODES.map((mode) => ({ dialect, mode })))

/** Of the houses in which something is waited for. */
const clock = createTickingClock(10)
beforeAll(() => clock.start())
afterAll(() => clock.stop())

interface Told {
  readonly answer: Answer
  /** `target=outcome` of each attempt, from the decision record. */
  readonly attempts: readonly string[]
}

async function tell(house: House, question: Question): Promise<Told> {
  const answer = await ask(house.url, { key: house.key(), ...question })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  const attempts = attemptsOf(row)
  return {
    answer,
    attempts: attempts.map((attempt) => `${readString(attempt, 'target')}=${readString(attempt, 'outcome')}`),
  }
}

describe.each(SETTINGS)('a $dialect client, $mode', ({ dialect, mode }) => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({
      clock,
      providers: (url) => ({
        third: providerEntry(url),
        fourth: providerEntry(url),
        fifth: providerEntry(url),
        keyed: providerEntry(url, {
          keys: [
            { name: 'wrong', value: 'env:WRONG_KEY', weight: 1_000_000 },
            { name: 'right', value: 'env:PROVIDER_KEY', weight: 0.000001 },
          ],
        }),
      }),
      environment: { WRONG_KEY: 'not-it' },
      config: {
        routes: {
          later: ['third/fault?kind=status-503&retry-after=30', 'second/echo'],
          limited: [
            'third/fault?kind=status-429&id=limited&retry-after=30',
            'fourth/fault?kind=status-429&retry-after=7',
          ],
          broken: [
            'fifth/fault?kind=status-429&id=broken',
            'first/fault?kind=status-500&id=a',
            'second/fault?kind=status-404&id=a',
          ],
          mistaken: ['first/smart?context=8', 'second/fault?kind=status-413'],
          keyed: ['keyed/echo'],
          plain: ['first/fault?kind=status-504&id=plain', 'second/echo?id=plain'],
          opted: {
            targets: ['first/fault?kind=status-422&id=opted'],
            fallback: { to: ['second/echo?id=opted'], errors: ['provider-rejected'] },
          },
          few: {
            targets: [
              'first/fault?kind=status-500&id=few',
              'second/fault?kind=status-500&id=few',
              'third/echo',
            ],
            fallback: { attempts: 2 },
          },
          hurried: {
            targets: ['first/fault?kind=stall-before-head&id=hurried', 'second/echo?id=hurried'],
            fallback: { time: '300ms' },
          },
          word: ['first/fault?kind=bad-json-frame&as=echo'],
        },
      },
    })
  })
  afterAll(() => house.close())

  test('does not wait half a minute but goes to the next target at once', async () => {
    const startedMs = clock.elapsedMs()
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'later', text: 'At once.' })
    expect(attempts).toEqual([
      'third/fault?kind=status-503&retry-after=30=provider-overloaded',
      'second/echo=ok',
    ])
    expect(answer).toMatchObject({ status: 200, text: 'At once.' })
    expect(clock.elapsedMs() - startedMs).toBeLessThan(15_000)
  })

  test('gets 429 with the shortest wait when every target is limited', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'limited' })
    expect(attempts).toHaveLength(2)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.get('x-should-retry')).toBe('true')
    expect(answer.complete).toBe(false)
    const again = await tell(house, { dialect, mode, model: 'limited' })
    expect(again.attempts).toEqual([])
    expect(again.answer.status).toBe(429)
    expect(Number(again.answer.headers.get('retry-after'))).toBeLessThanOrEqual(7)
  })

  test('gets the last server error when the targets failed in different ways', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'broken' })
    expect(attempts).toEqual([
      'fifth/fault?kind=status-429&id=broken=provider-rate-limited',
      'first/fault?kind=status-500&id=a=provider-error',
      'first/fault?kind=status-500&id=a=provider-error',
      'second/fault?kind=status-404&id=a=provider-model-missing',
    ])
    expect(Math.floor(answer.status / 100)).toBe(5)
    expect(answer.headers.get('x-gatehouse-attempts')).toStartWith('4; ')
  })

  test('gets the first mistake when all targets found one', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'mistaken' })
    expect(attempts).toHaveLength(2)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-should-retry')).toBe('false')
  })

  test('is served by the other credential when one is refused', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'keyed', text: 'Keyed.' })
    expect(attempts).toEqual(['keyed/echo=provider-auth', 'keyed/echo=ok'])
    expect(answer).toMatchObject({ status: 200, text: 'Keyed.' })
    const again = await tell(house, { dialect, mode, model: 'keyed', text: 'Again.' })
    expect(again.attempts).toEqual(['keyed/echo=ok'])
  })

  test('that wants no fallback gets the failure of the first target', async () => {
    const wish = { extra: { gatehouse: { no_fallback: true } } }
    const withOptions = await tell(house, { dialect, mode, model: 'plain', ...wish })
    expect(withOptions.attempts).toEqual(['first/fault?kind=status-504&id=plain=provider-timeout'])
    expect(Math.floor(withOptions.answer.status / 100)).toBe(5)
    const header = { headers: { 'x-gatehouse-no-fallback': 'true' } }
    expect((await tell(house, { dialect, mode, model: 'plain', ...header })).attempts).toHaveLength(1)
    expect((await tell(house, { dialect, mode, model: 'plain' })).attempts).toHaveLength(2)
  })

  test('gets a fallback that the route opted into', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'opted', text: 'Opted.' })
    expect(attempts).toHaveLength(2)
    expect(answer).toMatchObject({ status: 200, text: 'Opted.' })
  })

  test('gets no more attempts than the route allows', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'few' })
    expect(attempts).toHaveLength(2)
    expect(answer.status).toBeGreaterThanOrEqual(500)
  })

  test('gets 504 when the time of the route is over, and nobody else is asked', async () => {
    const { answer, attempts } = await tell(house, { dialect, mode, model: 'hurried' })
    expect(attempts).toEqual(['first/fault?kind=stall-before-head&id=hurried=deadline-exceeded'])
    expect(answer.status).toBe(504)
  })

  test('never sees a frame that is not JSON', async () => {
    const { answer } = await tell(house, {
      dialect,
      mode,
      model: 'word',
      text: 'One two three four five six.',
    })
    expect(answer.wire).not.toContain('{"broken":\n')
    if (mode === 'unary') expect(answer.status).toBe(502)
    else expect(answer).toMatchObject({ status: 200, text: 'One two three four five six.', complete: true })
  })
})

test('a provider that asks for a second is given one, and asked again', async () => {
  const targetOf = (index: number): string =>
    `first/fault?kind=status-503&times=1&retry-after=1&as=echo&id=${index}`
  const house = await openHouse({
    clock,
    config: {
      routes: Object.fromEntries(
        SETTINGS.map((_setting, index) => [`soon-${index}`, [targetOf(index), 'second/smart']]),
      ),
    },
  })
  await Promise.all(
    SETTINGS.map(async (setting, index) => {
      const startedMs = clock.elapsedMs()
      const { answer, attempts } = await tell(house, {
        ...setting,
        model: `soon-${index}`,
        text: 'Soon.',
      })
      expect(attempts).toEqual([`${targetOf(index)}=provider-overloaded`, `${targetOf(index)}=ok`])
      expect(answer).toMatchObject({ status: 200, text: 'Soon.', complete: true })
      expect(clock.elapsedMs() - startedMs).toBeGreaterThanOrEqual(1_000)
    }),
  )
  await house.close()
})

test('a kept-alive connection that was closed is opened again, and the next target is asked when that fails too', async () => {
  const forgetful = openForgetfulProvider()
  const house = await openHouse({
    providers: () => ({ forgetful: providerEntry(forgetful.url, { dialects: ['openai-chat'] }) }),
    config: { routes: { kept: ['forgetful/x', 'second/echo'] } },
  })
  const question = { dialect: 'openai-chat', mode: 'unary', model: 'kept', text: 'Second.' } as const
  expect((await tell(house, question)).attempts).toEqual(['forgetful/x=ok'])
  forgetful.resetReused(1)
  const again = await tell(house, question)
  expect(again.attempts).toEqual(['forgetful/x=stale-connection', 'forgetful/x=ok'])
  expect(again.answer).toMatchObject({ status: 200, text: 'kept alive' })
  expect((await tell(house, question)).attempts).toEqual(['forgetful/x=ok'])
  forgetful.resetReused(2)
  const elsewhere = await tell(house, question)
  expect(elsewhere.attempts).toEqual([
    'forgetful/x=stale-connection',
    'forgetful/x=connection-reset',
    'second/echo=ok',
  ])
  expect(elsewhere.answer).toMatchObject({ status: 200, text: 'Second.' })
  await house.close()
  await forgetful.close()
})

test('a provider that names its wait in milliseconds is waited for that long', async () => {
  let calls = 0
  const provider = openScriptedProvider(() => {
    calls += 1
    if (calls === 1)
      return Response.json(
        { error: { message: 'Wait.' } },
        { status: 503, headers: { 'retry-after-ms': '40' } },
      )
    return Response.json({
      id: 'x',
      object: 'chat.completion',
      created: 1,
      model: 'x',
      choices: [{ index: 0, message: { role: 'assistant', content: 'waited' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    })
  })
  const house = await openHouse({
    providers: () => ({ scripted: providerEntry(provider.url, { dialects: ['openai-chat'] }) }),
    config: { routes: { wait: ['scripted/x', 'second/echo'] } },
  })
  const { answer, attempts } = await tell(house, { dialect: 'openai-chat', mode: 'unary', model: 'wait' })
  expect(attempts).toEqual(['scripted/x=provider-overloaded', 'scripted/x=ok'])
  expect(answer).toMatchObject({ status: 200, text: 'waited' })
  await house.close()
  await provider.close()
})

test('a target that failed five times in a row rests, and is the last resort when there is nobody else', async () => {
  const broken = 'first/fault?kind=status-500&id=resting'
  const house = await openHouse({ config: { routes: { both: [broken, 'second/echo'], alone: [broken] } } })
  const question = {
    dialect: 'anthropic-messages',
    mode: 'stream',
    model: 'both',
    text: 'Still here.',
  } as const
  const calls = (): number =>
    house.provider.bill.entries().filter(({ model }) => model.startsWith('fault')).length
  // Each is asked twice as long as the target does not rest.
  for (const expected of [3, 3, 2, 1, 1]) {
    const { answer, attempts } = await tell(house, question)
    expect(answer).toMatchObject({ status: 200, text: 'Still here.' })
    expect(attempts).toHaveLength(expected)
  }
  expect(calls()).toBe(5)
  const alone = await tell(house, { ...question, model: 'alone' })
  expect(alone.attempts).toEqual([`${broken}=provider-error`])
  expect(Math.floor(alone.answer.status / 100)).toBe(5)
  expect(calls()).toBe(6)
  await house.close()
})
