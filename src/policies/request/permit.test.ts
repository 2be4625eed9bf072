import { describe, expect, test } from 'bun:test'
import { sampleCaller, type SampleKey } from '../../exchange/caller.fixture.ts'
import type { Constraint } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Route } from '../../exchange/route.ts'
import { Failure } from '../../exchange/failure.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { sampleExchange } from '../samples.fixture.ts'
import { createPermit } from './permit.ts'

const FIRST = sampleTarget('one/a')
const SECOND = sampleTarget('two/b')
const ROUTES = new Map<string, Route>([
  ['support-bot', sampleRoute([FIRST, SECOND], { name: 'support-bot', deadlineMs: 60_000 })],
  ['support-bat', sampleRoute([SECOND], { name: 'support-bat' })],
  ['one/a', sampleRoute([FIRST], { name: 'one/a' })],
])

async function ask(model: string, caller: SampleKey = {}, changes: Partial<Exchange> = {}) {
  const permit = createPermit({ resolveRoute: (name) => ROUTES.get(name), models: [...ROUTES.keys()] })
  const exchange = sampleExchange({
    request: sampleChat({ model }),
    caller: sampleCaller(caller),
    ...changes,
  })
  try {
    return { exchange: await permit(exchange) }
  } catch (thrown) {
    if (thrown instanceof Failure) return { failure: thrown }
    throw thrown
  }
}

describe('models', () => {
  test('a known one becomes the route', async () => {
    const { exchange } = await ask('support-bot')
    expect(exchange?.route).toMatchObject({ name: 'support-bot', deadlineMs: 60_000 })
    expect(exchange?.trail.route).toBe('support-bot')
  })

  test('an unknown one is answered with the nearest names', async () => {
    const { failure } = await ask('suport-bot')
    expect(failure?.code).toBe('model-not-found')
    expect(failure?.details.nearest).toEqual(['support-bot', 'support-bat'])
    expect(failure?.message).toContain('"support-bot"')
  })

  test('names that the key may not use are not suggested', async () => {
    const { failure } = await ask('suport-bot', { models: ['support-bat'] })
    expect(failure?.details.nearest).toEqual(['support-bat'])
  })

  test('where nothing comes near, some that may be used are named', async () => {
    const { failure } = await ask('gpt-4o', { models: ['one/*', 'support-bat'] })
    expect(failure?.details.nearest).toEqual([])
    expect(failure?.message).toContain('The key may use "support-bot", "support-bat", "one/a" and what')
    const narrow = await ask('gpt-4o', { models: ['nothing'] })
    expect(narrow.failure?.message).toContain('The key may not use any.')
  })

  test('a hostile name is not repeated in full', async () => {
    const { failure } = await ask('x'.repeat(100_000))
    expect(failure?.message.length).toBeLessThan(300)
  })

  test.each([
    [['support-bot'], 'support-bot', true],
    [['support-*'], 'support-bot', true],
    [['one/*'], 'support-bot', true],
    [['one/*'], 'support-bat', false],
    [['support-bat'], 'support-bot', false],
    [['one/*'], 'one/a', true],
    [[], 'one/a', false],
  ])('a key for %p asking for %s: %p', async (models, model, expected) => {
    const { failure } = await ask(model, { models })
    expect(failure?.code).toBe(expected ? undefined : 'model-not-allowed')
  })
})

test('what the key wants of every target holds from here on, beside what holds already', async () => {
  const want = (by: string): Constraint => ({ by, text: 'region eu', allows: () => true })
  const exchange = sampleExchange({ caller: sampleCaller({ only: [want('key ci')] }) })
  const permit = createPermit({ resolveRoute: () => sampleRoute([]), models: [] })
  expect((await permit(exchange)).only?.map(({ by }) => by)).toEqual(['key ci'])
  const asked = { ...exchange, only: [want('route a')] }
  expect((await permit(asked)).only?.map(({ by }) => by)).toEqual(['route a', 'key ci'])
})

describe('operations', () => {
  test.each([
    [undefined, true],
    [['chat'], true],
    [['*'], true],
    [['count-tokens'], false],
    [[], false],
  ])('a key for %p may chat: %p', async (operations, expected) => {
    const { failure } = await ask('one/a', operations === undefined ? {} : { operations })
    expect(failure?.code).toBe(expected ? undefined : 'endpoint-not-allowed')
  })
})

describe('request options', () => {
  test.each([
    ['strict', { strict: true }],
    ['timeout_ms', { timeoutMs: 5 }],
    ['no_fallback', { noFallback: false }],
    ['tags', { tags: [] }],
    ['session', { session: 's' }],
    ['customer', { customer: 'c' }],
  ])(
    'the option %s needs its permission and is refused otherwise, never ignored',
    async (name, requestOptions) => {
      expect((await ask('one/a', { allowedOptions: [name] }, { requestOptions })).failure).toBeUndefined()
      const { failure } = await ask('one/a', { allowedOptions: ['other'] }, { requestOptions })
      expect(failure).toMatchObject({ code: 'override-not-allowed', details: { param: `gatehouse.${name}` } })
    },
  )
})

describe('members that choose other models', () => {
  const request = sampleChat({ model: 'one/a', bearing: { otherModels: ['models', 'provider'] } })
  const budgets = [{ window: 'day', limitNanoUsd: 1n }] as const
  const account = { scope: 'project', id: 'p', name: 'p', limits: {}, budgets } as const

  test.each<[string, SampleKey]>([
    ['some models', { models: ['one/a'] }],
    ['a budget', { accounts: [account] }],
  ])('are refused by name to a key for %s', async (_held, caller) => {
    const { failure } = await ask('one/a', caller, { request })
    expect(failure).toMatchObject({ code: 'override-not-allowed', status: 403, details: { param: 'models' } })
    expect(failure?.message).toContain('"models"')
    const { bearing } = request
    const counting = { operation: 'count-tokens', model: 'one/a', chat: request, stream: false } as const
    const asked = await ask('one/a', caller, { request: { ...counting, ...(bearing && { bearing }) } })
    expect(asked.failure?.details.param).toBe('models')
  })

  test('pass for a key that has neither', async () => {
    expect((await ask('one/a', {}, { request })).failure).toBeUndefined()
  })
})

describe('the deadline', () => {
  const start = sampleExchange().startedAtMs

  test('is the nearest of the exchange’s, the route’s and the option’s', async () => {
    const at = async (changes: Partial<Exchange>): Promise<number> =>
      ((await ask('support-bot', {}, changes)).exchange?.deadlineAtMs ?? 0) - start
    expect(await at({})).toBe(60_000)
    expect(await at({ deadlineAtMs: start + 1_000 })).toBe(1_000)
    expect(await at({ requestOptions: { timeoutMs: 2_000 } })).toBe(2_000)
    expect(await at({ requestOptions: { timeoutMs: 2_000_000 } })).toBe(60_000)
  })
})
