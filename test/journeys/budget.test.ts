import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { parseJsonObject, readNumber, readObjects, readString } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, MODES, type Mode } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

const NANO_PER_USD = 1_000_000_000n
/** A dollar a request, whatever is said: what is held is what will be spent. */
const DOLLAR = { price: { input: 0, output: 0, request: 1 } }
/** Paid by the token: more is held than will be spent. */
const BY_TOKEN = { price: { input: 1_000, output: 2_000 } }
const MODELS: NonNullable<ConfigFile['models']> = { 'first/echo': DOLLAR, 'first/smart': BY_TOKEN }

/** The word for a refusal, where the dialect has it: beside the message, or among the details. */
function codeOf({ error = {} }: Answer): string {
  const [detail = {}] = readObjects(error, 'details')
  return readString(error, 'code') ?? readString(detail, 'reason') ?? ''
}

function askEcho(house: House, index: number, key: string): Promise<Answer> {
  const dialect = CLIENT_DIALECTS[index % CLIENT_DIALECTS.length] ?? 'openai-chat'
  const mode: Mode = MODES[(index >> 2) % 2] ?? 'unary'
  return ask(house.url, { dialect, mode, model: 'first/echo', key, text: 'Worth a dollar.' })
}

function spent(rows: readonly { readonly costNanoUsd?: bigint }[]): bigint {
  return rows.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)
}

describe('a budget for exactly ten', () => {
  test('serves exactly ten of a hundred requests at once and tells the others why not', async () => {
    const house = await openHouse({
      config: { models: MODELS },
      keys: { ten: { budget: { usd: 10, per: 'day' } } },
    })
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => askEcho(house, index, house.key('ten'))),
    )
    const served = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status !== 200)
    expect(served).toHaveLength(10)
    for (const answer of served) expect(answer).toMatchObject({ text: 'Worth a dollar.', complete: true })
    for (const answer of refused) {
      const held = answer.status === 429
      expect(answer.status).toBeOneOf([402, 429])
      expect(answer.headers.get('x-should-retry')).toBe(String(held))
      expect(answer.headers.has('retry-after')).toBe(held)
      expect(answer.error).toMatchObject({ scope: 'key', name: 'ten', window: 'day', limit_usd: '10.000000' })
      expect(Number(answer.error?.['spent_usd']) + Number(answer.error?.['reserved_usd'])).toBe(10)
    }
    const after = await askEcho(house, 0, house.key('ten'))
    expect(after.status).toBe(402)
    expect(after.error).toMatchObject({
      code: 'budget_exceeded',
      spent_usd: '10.000000',
      reserved_usd: '0.000000',
    })
    const { ledger } = await house.close()
    expect(spent(ledger)).toBe(10n * NANO_PER_USD)
    expect(ledger).toHaveLength(10)
    expect(house.provider.bill.entries()).toHaveLength(10)
  })

  test('is never overspent by requests that cost less than was held for them', async () => {
    const house = await openHouse({
      config: { models: MODELS },
      keys: { some: { budget: { usd: 1, per: 'day' } } },
    })
    const askSmart = (index: number): Promise<Answer> =>
      ask(house.url, {
        dialect: CLIENT_DIALECTS[index % CLIENT_DIALECTS.length] ?? 'openai-chat',
        mode: MODES[(index >> 2) % 2] ?? 'unary',
        model: 'first/smart',
        key: house.key('some'),
        maxTokens: 50,
      })
    let served = 0
    let last: Answer | undefined
    for (let round = 0; round < 5; round += 1) {
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => askSmart(index)))
      served += answers.filter(({ status }) => status === 200).length
      last = answers.at(-1)
    }
    expect(last?.status).toBe(402)
    expect(last?.error).toMatchObject({ reserved_usd: '0.000000' })
    const { ledger } = await house.close()
    expect(ledger).toHaveLength(served)
    expect(served).toBeGreaterThan(8)
    expect(spent(ledger)).toBeLessThanOrEqual(NANO_PER_USD)
    expect(spent(ledger)).toBe(BigInt(Math.round(Number(last?.error?.['spent_usd']) * 1e9)))
  })

  test('is shared by the keys of a project', async () => {
    const house = await openHouse({
      config: { models: MODELS, projects: { team: { budgets: [{ usd: 10, per: 'month' }] } } },
      keys: {
        one: { project: 'team' },
        two: { project: 'team', budget: { usd: 3, per: 'day' } },
        other: {},
      },
    })
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const key = index % 3 === 0 ? 'two' : 'one'
        return { key, answer: await askEcho(house, index, house.key(key)) }
      }),
    )
    const served = answers.filter(({ answer }) => answer.status === 200)
    expect(served).toHaveLength(10)
    expect(served.filter(({ key }) => key === 'two').length).toBeLessThanOrEqual(3)
    const scopes = new Set(answers.map(({ answer }) => answer.error?.['scope']))
    expect(scopes.has('project')).toBe(true)
    expect((await askEcho(house, 0, house.key('other'))).status).toBe(200)
    const { ledger } = await house.close()
    expect(spent(ledger.filter(({ owners }) => owners.project === 'team'))).toBe(10n * NANO_PER_USD)
  })

  test('refuses when what is spent is the limit, and a request that is larger than the rest', async () => {
    const house = await openHouse({
      config: { models: MODELS },
      keys: { exact: { budget: { usd: 2, per: 'hour' } }, small: { budget: { usd: 0.5, per: 'total' } } },
    })
    const statuses = []
    for (let index = 0; index < 3; index += 1)
      statuses.push((await askEcho(house, index, house.key('exact'))).status)
    expect(statuses).toEqual([200, 200, 402])
    const large = await askEcho(house, 0, house.key('small'))
    expect(large.status).toBe(402)
    expect(codeOf(large)).toBe('request_exceeds_budget')
    expect(large.error).toMatchObject({
      estimate_usd: '1.000000',
      limit_usd: '0.500000',
      spent_usd: '0.000000',
      resets_at: null,
    })
    await house.close()
  })

  test('covers what a failed attempt costs before the next one answers', async () => {
    const broken = 'first/fault?kind=reset-before-head'
    const house = await openHouse({
      config: {
        models: { [broken]: DOLLAR, 'second/echo': DOLLAR },
        routes: { twice: [broken, 'second/echo'] },
      },
      keys: { ten: { budget: { usd: 10, per: 'day' } } },
    })
    // Fewer than open the circuit, and more than there is money for.
    const answers = []
    for (let round = 0; round < 4; round += 1) {
      const questions = Array.from({ length: 4 }, (_, index) => ({
        dialect: CLIENT_DIALECTS[index % CLIENT_DIALECTS.length] ?? 'openai-chat',
        mode: MODES[(index >> 2) % 2] ?? 'unary',
        model: 'twice',
        key: house.key('ten'),
      }))
      answers.push(...(await Promise.all(questions.map((question) => ask(house.url, question)))))
    }
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(4)
    const { ledger } = await house.close()
    expect(ledger.filter(({ outcome }) => outcome === 'connection-reset').length).toBeGreaterThan(3)
    expect(spent(ledger)).toBeLessThanOrEqual(10n * NANO_PER_USD)
  })

  test('pays no second answer after one that broke off, unless there is money for both', async () => {
    const cut = 'first/fault?kind=reset-mid-stream'
    const byOutput = { price: { input: 0, output: 1, per: '1' } } as const
    const house = await openHouse({
      config: {
        models: { [cut]: byOutput, 'second/echo': byOutput },
        routes: { twice: [cut, 'second/echo'] },
      },
      keys: { one: { budget: { usd: 100, per: 'day' } }, two: { budget: { usd: 200, per: 'day' } } },
    })
    const askTwice = (key: string): Promise<Answer> =>
      ask(house.url, { dialect: 'openai-chat', mode: 'unary', model: 'twice', key, maxTokens: 100 })
    expect(await askTwice(house.key('one'))).toMatchObject({ status: 502 })
    expect(await askTwice(house.key('two'))).toMatchObject({ status: 200 })
    const { ledger } = await house.close()
    const cutRows = ledger.filter(({ target }) => target === cut)
    expect(cutRows.map(({ chargedNanoUsd }) => chargedNanoUsd)).toEqual([
      100n * NANO_PER_USD,
      100n * NANO_PER_USD,
    ])
    expect(ledger).toHaveLength(3)
  })

  test('counts a failed attempt that nobody charged as nothing', async () => {
    const house = await openHouse({
      config: {
        models: { ...MODELS, 'first/fault?kind=status-500': DOLLAR, 'first/fault?kind=status-422': DOLLAR },
        routes: { over: ['first/fault?kind=status-500', 'first/echo'] },
      },
      // Two dollars are held for each: the first target could have charged as well.
      keys: { two: { budget: { usd: 3, per: 'day' } } },
    })
    const key = house.key('two')
    for (let index = 0; index < 4; index += 1) {
      const answer = await ask(house.url, {
        dialect: 'openai-chat',
        mode: 'unary',
        model: 'first/fault?kind=status-422',
        key,
      })
      expect(answer.status).toBe(422)
    }
    for (const status of [200, 200, 402]) {
      const answer = await ask(house.url, {
        dialect: 'anthropic-messages',
        mode: 'stream',
        model: 'over',
        key,
      })
      expect(answer.status).toBe(status)
    }
    const { ledger } = await house.close()
    expect(spent(ledger)).toBe(2n * NANO_PER_USD)
  })
})

describe('what is held when the client names no limit of output', () => {
  const question = {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'claude/echo',
    extra: { max_tokens: null, messages: [{ role: 'user', content: 'In.' }] },
  } as const

  test.each([{}, { reasoning: { max_tokens: 20_000 } }, { reasoning_effort: 'high' }])(
    'is at least what the house asks for in its place: %p',
    async (extra) => {
      const house = await openHouse({
        config: { models: { 'claude/echo': { price: { input: 0, output: 1, per: '1' } } } },
        providers: (url) => ({ claude: providerEntry(url, { dialects: ['anthropic-messages'] }) }),
        keys: { poor: { budget: { usd: 1, per: 'day' } } },
      })
      const wanted = { ...question, extra: { ...question.extra, ...extra } }
      const refused = await ask(house.url, { ...wanted, key: house.key('poor') })
      expect(codeOf(refused)).toBe('request_exceeds_budget')
      expect((await ask(house.url, { ...wanted, key: house.key() })).status).toBe(200)
      const [sent] = house.provider.requests.all()
      const body = parseJsonObject(new TextDecoder().decode(sent?.body)) ?? {}
      const limit = readNumber(body, 'max_tokens') ?? 0
      expect(limit).toBeGreaterThan(1_000)
      expect(Number(refused.error?.['estimate_usd'])).toBeGreaterThanOrEqual(limit)
      await house.close()
    },
  )
})

test('a small rest of a budget does not keep a client from counting tokens, which is free', async () => {
  const house = await openHouse({
    config: { models: { 'first/echo': { price: { input: 1, output: 1, per: '1' } } } },
    keys: { poor: { budget: { usd: 1, per: 'day' } } },
  })
  const counted = await fetch(`${house.url}/v1/messages/count_tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': house.key('poor') },
    body: JSON.stringify({ model: 'first/echo', messages: [{ role: 'user', content: 'How many?' }] }),
  })
  expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) })
  expect((await askEcho(house, 0, house.key('poor'))).status).toBe(402)
  await house.close()
})

test('every window holds on its own, and the tightest one is named', async () => {
  const windows = ['hour', 'day', 'week', 'month', 'total'] as const
  for (const [index, tight] of windows.entries()) {
    const budgets = windows.map((per) => ({ usd: per === tight ? 1 : 5, per }))
    const house = await openHouse({ config: { models: MODELS }, keys: { many: { budgets } } })
    expect((await askEcho(house, index, house.key('many'))).status).toBe(200)
    const refused = await askEcho(house, index, house.key('many'))
    expect(refused.status).toBe(402)
    expect(refused.error).toMatchObject({ window: tight, limit_usd: '1.000000' })
    if (tight !== 'total')
      expect(Date.parse(readString(refused.error ?? {}, 'resets_at') ?? '')).toBeGreaterThan(Date.now())
    await house.close()
  }
})

test('a model without a price is refused to whoever has a budget, unless the file allows it, and to everybody where it denies it', async () => {
  const denying = await openHouse({
    config: {
      models: MODELS,
      pricing: { unpriced: 'deny' },
      routes: { either: ['second/smart', 'first/echo'] },
    },
    keys: { paid: { budget: { usd: 5, per: 'day' } } },
  })
  for (const key of [denying.key(), denying.key('paid')]) {
    const answer = await ask(denying.url, {
      dialect: 'openai-chat',
      mode: 'unary',
      model: 'second/smart',
      key,
    })
    expect(answer.status).toBe(400)
    expect(codeOf(answer)).toBe('unpriced_model')
    const either = await ask(denying.url, { dialect: 'openai-chat', mode: 'unary', model: 'either', key })
    expect(either.headers.get('x-gatehouse-model')).toBe('first/echo')
    expect(either.headers.get('x-gatehouse-cost-usd')).toBe('1.000000')
  }
  await denying.close()
  expect(denying.provider.bill.entries()).toHaveLength(2)

  const usual = await openHouse({
    config: { models: MODELS, routes: { either: ['second/smart', 'first/echo'] } },
    keys: { paid: { budget: { usd: 5, per: 'day' } } },
  })
  const question = { dialect: 'openai-chat', mode: 'unary', model: 'second/smart' } as const
  expect((await ask(usual.url, { ...question, key: usual.key() })).status).toBe(200)
  const refused = await ask(usual.url, { ...question, key: usual.key('paid') })
  expect(codeOf(refused)).toBe('unpriced_model')
  expect(readString(refused.error ?? {}, 'message')).toContain('models."second/smart".price')
  const routed = await ask(usual.url, { ...question, model: 'either', key: usual.key('paid') })
  expect(routed.headers.get('x-gatehouse-model')).toBe('first/echo')
  await usual.close()

  const allowing = await openHouse({
    config: { models: MODELS, pricing: { unpriced: 'allow' } },
    keys: { paid: { budget: { usd: 1, per: 'day' } } },
  })
  const answer = await ask(allowing.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'second/smart',
    key: allowing.key('paid'),
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('x-gatehouse-cost-usd')).toBe('unpriced')
  expect((await askEcho(allowing, 0, allowing.key('paid'))).status).toBe(200)
  const spentUp = await ask(allowing.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'second/smart',
    key: allowing.key('paid'),
  })
  expect(spentUp.status).toBe(402)
  const { ledger } = await allowing.close()
  expect(ledger.filter(({ costNanoUsd }) => costNanoUsd === undefined)).toHaveLength(1)
})

test('what was spent is still spent after a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-restart-'))
  const keys = { ten: { budget: { usd: 10, per: 'month' } } } as const
  const config = { models: MODELS }
  const before = await openHouse({ config, keys, directory })
  for (let index = 0; index < 4; index += 1)
    expect((await askEcho(before, index, before.key('ten'))).status).toBe(200)
  await before.close()
  const after = await openHouse({ config, keys, directory, keyTexts: before.keyTexts })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => askEcho(after, index, after.key('ten'))),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(6)
  const refused = await askEcho(after, 0, after.key('ten'))
  expect(refused.error).toMatchObject({ spent_usd: '10.000000', limit_usd: '10.000000' })
  const { ledger } = await after.close()
  expect(spent(ledger)).toBe(10n * NANO_PER_USD)
  rmSync(directory, { recursive: true, force: true })
})
