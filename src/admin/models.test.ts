import { expect, test } from 'bun:test'
import { compileText } from '../config/compile.fixture.ts'
import { NO_LOADS } from '../exchange/load-view.ts'
import type { HealthEntry } from '../routing/health.ts'
import { modelRoutes, type ModelRoutesNeeds } from './models.ts'

const { plan } = compileText(`
providers:
  sim: {}
  house: { base_url: http://127.0.0.1:9/v1, dialects: [openai-chat] }
models:
  fast: sim/echo
  house/m1:
    price: { input: 0.25, output: 2, cache_read: 0.025, request: 0.001 }
    context: 32k
    vision: true
    tools: false
    retires: 2031-01-01
    successor: m2
routes:
  support: { targets: [house/m1], fallback: { to: [sim/echo] } }
  quick: [house/m9]
`)

const NOTHING_ASKED: ModelRoutesNeeds['series'] = {
  read: () => Promise.resolve({ series: [], others: 0, from: 'sums' }),
}

function open(changes: Partial<ModelRoutesNeeds> = {}) {
  if (plan === undefined) throw new Error('the plan of the test does not compile')
  const routes = modelRoutes({
    plan: () => plan,
    series: NOTHING_ASKED,
    loads: NO_LOADS,
    health: { entries: () => [] },
    nowMs: () => Date.UTC(2026, 10, 20),
    ...changes,
  })
  return async (query: string, name?: string) => {
    const route = routes[name === undefined ? 0 : 1]
    const response = await route?.handle({
      params: name === undefined ? {} : { name },
      query: new URLSearchParams(query),
      headers: new Headers(),
      body: null,
    })
    return response?.json()
  }
}

const names = (answer: { readonly data: readonly { readonly name: string }[] }): string[] =>
  answer.data.map(({ name }) => name)

test('a model tells what it can do, what it costs by whose word, and which names lead to it', async () => {
  const found = await open()('', 'house/m1')
  expect(found).toMatchObject({
    name: 'house/m1',
    names: [{ name: 'support', as: 'target' }],
    named: true,
    dialects: ['openai-chat'],
    context_tokens: 32_000,
    retires_on: '2031-01-01',
    successor: 'm2',
    state: 'well',
    lately: { requests: 0, calls: 0, failed: 0 },
  })
  expect(found.can).toContain('vision')
  expect(found.cannot).toContain('tools')
  expect(found.price).toMatchObject({
    source: 'override',
    id: 'config:house/m1',
    rates: [
      { rate: 'input', per: 1_000_000, price: { nano_usd: '250000000' } },
      { rate: 'cache_read', per: 1_000_000, price: { nano_usd: '25000000' } },
      { rate: 'output', per: 1_000_000, price: { nano_usd: '2000000000' } },
      { rate: 'request', per: 1, price: { nano_usd: '1000000' } },
    ],
  })
  const echo = await open()('', 'sim/echo')
  expect(echo.names).toEqual(
    expect.arrayContaining([
      { name: 'fast', as: 'target' },
      { name: 'support', as: 'fallback' },
    ]),
  )
})

test('what has no price says so, and is found by it', async () => {
  const ask = open()
  expect(await ask('', 'house/m9')).toMatchObject({ price: null })
  expect(names(await ask('unpriced=true'))).toEqual(['sim/smart', 'sim/echo', 'house/m9'])
})

test('models are found by text, also of names that lead to them, by provider and by what they can do', async () => {
  const ask = open()
  expect(names(await ask('q=SUPPORT')).toSorted()).toEqual(['house/m1', 'sim/echo'])
  expect(names(await ask('provider=house')).toSorted()).toEqual(['house/m1', 'house/m9'])
  expect(names(await ask('can=vision&provider=house'))).toEqual(['house/m1'])
  expect((await ask('provider=house')).providers.map(({ name }: { name: string }) => name)).toContain('sim')
  expect(ask('can=dance')).rejects.toThrow()
})

test('a model that nobody named is there when it was asked for, with what came of it', async () => {
  const point = {
    sums: {
      requests: 40,
      gatewayErrors: 0,
      providerErrors: 1,
      attempts: 50,
      failedAttempts: 5,
      fallbacks: 0,
    },
    amounts: { settled: 7n, estimated: 0n, simulated: 0n },
    durations: new Map(),
  }
  const asked: ModelRoutesNeeds['series'] = {
    // Only what is read of a point is made up.
    read: () =>
      Promise.resolve({
        series: [{ name: 'house/new', points: new Map([[0, point]]) }],
        others: 0,
        from: 'sums',
      } as never),
  }
  const found = await open({ series: asked })('q=new')
  expect(found.data).toMatchObject([
    {
      name: 'house/new',
      named: false,
      names: [],
      lately: { requests: 40, calls: 50, failed: 5, cost: { nano_usd: '7' } },
    },
  ])
})

test('what lists know of the providers can be looked at as well', async () => {
  const ask = open()
  expect(names(await ask('known=true'))).toEqual(expect.arrayContaining(['house/m1', 'sim/claude-one']))
  expect(names(await ask(''))).not.toContain('sim/claude-one')
})

test('one that rests says why and until when; one that is not there, which is nearest', async () => {
  const rest: HealthEntry = { kind: 'circuit-open', target: 'house/m1', restsMs: 1_500.4 }
  const ask = open({ health: { entries: () => [rest] } })
  expect(await ask('', 'house/m1')).toMatchObject({
    state: 'resting',
    rests: [{ kind: 'circuit-open', rests_ms: 1_500 }],
  })
  expect(ask('', 'hous/m1')).rejects.toMatchObject({ code: 'not-found' })
})
