import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { readString } from '../../src/kit/json.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { SETTINGS_IN_TURN } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { ask, attemptsOf, type Answer, type Question } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'
import { openForgetfulProvider } from './forgetful-provider.ts'

const PLACES = SETTINGS_IN_TURN.map((setting, place) => ({ ...setting, place }))

/** Of the houses in which something is waited for. */
const clock = createTickingClock(10)

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

/** A model that is busy once, and asks for a second. */
const oneBusy = (place: number): string => `fault?kind=status-503&times=1&retry-after=1&as=echo&id=${place}`

/** The routes of a setting; its providers are its own, because those that failed rest. */
function routesOf(place: number): NonNullable<ConfigFile['routes']> {
  const at = (provider: string, model: string): string => `${provider}-${place}/${model}`
  const routes: NonNullable<ConfigFile['routes']> = {
    later: [at('third', 'fault?kind=status-503&retry-after=30'), at('second', 'echo')],
    limited: [
      at('third', 'fault?kind=status-429&retry-after=30'),
      at('fourth', 'fault?kind=status-429&retry-after=7'),
    ],
    broken: [
      at('fifth', 'fault?kind=status-429'),
      at('first', 'fault?kind=status-500&id=a'),
      at('second', 'fault?kind=status-404&id=a'),
    ],
    mistaken: [at('first', 'smart?context=8'), at('second', 'fault?kind=status-413')],
    keyed: [at('keyed', 'echo')],
    plain: [at('first', 'fault?kind=status-504&id=plain'), at('second', 'echo?id=plain')],
    opted: {
      targets: [at('first', 'fault?kind=status-422&id=opted')],
      fallback: { to: [at('second', 'echo?id=opted')], errors: ['provider-rejected'] },
    },
    few: {
      targets: [
        at('first', 'fault?kind=status-500&id=few'),
        at('second', 'fault?kind=status-500&id=few'),
        at('third', 'echo'),
      ],
      fallback: { attempts: 2 },
    },
    hurried: {
      targets: [at('first', 'fault?kind=stall-before-head&id=hurried'), at('second', 'echo?id=hurried')],
      fallback: { time: '300ms' },
    },
    word: [at('first', 'fault?kind=bad-json-frame&as=echo')],
    soon: [at('sixth', oneBusy(place)), at('second', 'smart')],
  }
  return Object.fromEntries(Object.entries(routes).map(([name, route]) => [`${name}-${place}`, route]))
}

const BROKEN = 'first/fault?kind=status-500&id=resting'

/** Of the stories that are the same in every language. */
const forgetful = openForgetfulProvider()
const unhurried: ScriptedProvider = openScriptedProvider(() =>
  unhurried.calls.length === 1
    ? Response.json({ error: { message: 'Wait.' } }, { status: 503, headers: { 'retry-after-ms': '40' } })
    : Response.json(WIRES['openai-chat'].whole('waited')),
)

let house: House
beforeAll(async () => {
  clock.start()
  const providersOf = (url: string, { spoken, place }: (typeof PLACES)[number]) => {
    const dialects = [spoken]
    const keys = [
      { name: 'wrong', value: 'env:WRONG_KEY', weight: 1_000_000 },
      { name: 'right', value: 'env:PROVIDER_KEY', weight: 0.000001 },
    ]
    return [
      ...['first', 'second', 'third', 'fourth', 'fifth', 'sixth'].map(
        (name) => [`${name}-${place}`, providerEntry(url, { dialects })] as const,
      ),
      [`keyed-${place}`, providerEntry(url, { dialects, keys })] as const,
    ]
  }
  house = await openHouse({
    clock,
    providers: (url) => ({
      ...Object.fromEntries(PLACES.flatMap((one) => providersOf(url, one))),
      forgetful: providerEntry(forgetful.url, { dialects: ['openai-chat'] }),
      unhurried: providerEntry(unhurried.url, { dialects: ['openai-chat'] }),
    }),
    environment: { WRONG_KEY: 'not-it' },
    config: {
      routes: {
        ...Object.fromEntries(PLACES.flatMap(({ place }) => Object.entries(routesOf(place)))),
        kept: ['forgetful/x', 'second/echo'],
        wait: ['unhurried/x', 'second/echo'],
        both: [BROKEN, 'second/echo'],
        alone: [BROKEN],
      },
    },
  })
})
afterAll(async () => {
  await house.close()
  clock.stop()
  await forgetful.close()
  await unhurried.close()
})

describe.each(PLACES)('a $dialect client, $mode, of $spoken', ({ dialect, mode, place }) => {
  /** Asks a route of this setting; targets are told without the setting's number. */
  const tellOf = async (route: string, question: Partial<Question> = {}): Promise<Told> => {
    const told = await tell(house, { dialect, mode, model: `${route}-${place}`, ...question })
    return { ...told, attempts: told.attempts.map((attempt) => attempt.replace(`-${place}/`, '/')) }
  }

  test('does not wait half a minute but goes to the next target at once', async () => {
    const startedMs = clock.elapsedMs()
    const { answer, attempts } = await tellOf('later', { text: 'At once.' })
    expect(attempts).toEqual([
      'third/fault?kind=status-503&retry-after=30=provider-overloaded',
      'second/echo=ok',
    ])
    expect(answer).toMatchObject({ status: 200, text: 'At once.' })
    expect(clock.elapsedMs() - startedMs).toBeLessThan(15_000)
  })

  test('gets 429 with the shortest wait when every target is limited', async () => {
    const { answer, attempts } = await tellOf('limited')
    expect(attempts).toHaveLength(2)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.get('x-should-retry')).toBe('true')
    expect(answer.complete).toBe(false)
    const again = await tellOf('limited')
    expect(again.attempts).toEqual([])
    expect(again.answer.status).toBe(429)
    expect(Number(again.answer.headers.get('retry-after'))).toBeLessThanOrEqual(7)
  })

  test('gets the last server error when the targets failed in different ways', async () => {
    const { answer, attempts } = await tellOf('broken')
    expect(attempts).toEqual([
      'fifth/fault?kind=status-429=provider-rate-limited',
      'first/fault?kind=status-500&id=a=provider-error',
      'first/fault?kind=status-500&id=a=provider-error',
      'second/fault?kind=status-404&id=a=provider-model-missing',
    ])
    expect(Math.floor(answer.status / 100)).toBe(5)
    expect(answer.headers.get('x-gatehouse-attempts')).toStartWith('4; ')
  })

  test('gets the first mistake when all targets found one', async () => {
    const { answer, attempts } = await tellOf('mistaken')
    expect(attempts).toHaveLength(2)
    expect(answer.status).toBe(400)
    expect(answer.headers.get('x-should-retry')).toBe('false')
  })

  test('is served by the other credential when one is refused', async () => {
    const { answer, attempts } = await tellOf('keyed', { text: 'Keyed.' })
    expect(attempts).toEqual(['keyed/echo=provider-auth', 'keyed/echo=ok'])
    expect(answer).toMatchObject({ status: 200, text: 'Keyed.' })
    const again = await tellOf('keyed', { text: 'Again.' })
    expect(again.attempts).toEqual(['keyed/echo=ok'])
  })

  test('that wants no fallback gets the failure of the first target', async () => {
    const wish = { extra: { gatehouse: { no_fallback: true } } }
    const withOptions = await tellOf('plain', wish)
    expect(withOptions.attempts).toEqual(['first/fault?kind=status-504&id=plain=provider-timeout'])
    expect(Math.floor(withOptions.answer.status / 100)).toBe(5)
    const header = { headers: { 'x-gatehouse-no-fallback': 'true' } }
    expect((await tellOf('plain', header)).attempts).toHaveLength(1)
    expect((await tellOf('plain')).attempts).toHaveLength(2)
  })

  test('gets a fallback that the route opted into', async () => {
    const { answer, attempts } = await tellOf('opted', { text: 'Opted.' })
    expect(attempts).toHaveLength(2)
    expect(answer).toMatchObject({ status: 200, text: 'Opted.' })
  })

  test('gets no more attempts than the route allows', async () => {
    const { answer, attempts } = await tellOf('few')
    expect(attempts).toHaveLength(2)
    expect(answer.status).toBeGreaterThanOrEqual(500)
  })

  test('gets 504 when the time of the route is over, and nobody else is asked', async () => {
    const { answer, attempts } = await tellOf('hurried')
    expect(attempts).toEqual(['first/fault?kind=stall-before-head&id=hurried=deadline-exceeded'])
    expect(answer.status).toBe(504)
  })

  test('never sees a frame that is not JSON', async () => {
    const { answer } = await tellOf('word', { text: 'One two three four five six.' })
    expect(answer.wire).not.toContain('{"broken":\n')
    if (mode === 'unary') expect(answer.status).toBe(502)
    else expect(answer).toMatchObject({ status: 200, text: 'One two three four five six.', complete: true })
  })

  test('is given the second that the provider asks for, and it is asked again', async () => {
    const startedMs = clock.elapsedMs()
    const { answer, attempts } = await tellOf('soon', { text: 'Soon.' })
    const target = `sixth/${oneBusy(place)}`
    expect(attempts).toEqual([`${target}=provider-overloaded`, `${target}=ok`])
    expect(answer).toMatchObject({ status: 200, text: 'Soon.', complete: true })
    expect(clock.elapsedMs() - startedMs).toBeGreaterThanOrEqual(1_000)
  })
})

test('a kept-alive connection that was closed is opened again, and the next target is asked when that fails too', async () => {
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
})

test('a provider that names its wait in milliseconds is waited for that long', async () => {
  const { answer, attempts } = await tell(house, { dialect: 'openai-chat', mode: 'unary', model: 'wait' })
  expect(attempts).toEqual(['unhurried/x=provider-overloaded', 'unhurried/x=ok'])
  expect(answer).toMatchObject({ status: 200, text: 'waited' })
})

test('a target that failed five times in a row rests, and is the last resort when there is nobody else', async () => {
  const question = {
    dialect: 'anthropic-messages',
    mode: 'stream',
    model: 'both',
    text: 'Still here.',
  } as const
  const calls = (): number =>
    house.provider.bill.entries().filter(({ model }) => `first/${model}` === BROKEN).length
  // Each is asked twice as long as the target does not rest.
  for (const expected of [3, 3, 2, 1, 1]) {
    const { answer, attempts } = await tell(house, question)
    expect(answer).toMatchObject({ status: 200, text: 'Still here.' })
    expect(attempts).toHaveLength(expected)
  }
  expect(calls()).toBe(5)
  const alone = await tell(house, { ...question, model: 'alone' })
  expect(alone.attempts).toEqual([`${BROKEN}=provider-error`])
  expect(Math.floor(alone.answer.status / 100)).toBe(5)
  expect(calls()).toBe(6)
})
