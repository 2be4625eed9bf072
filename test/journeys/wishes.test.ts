import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readString, type Json } from '../../src/kit/json.ts'
import { ask, attemptsOf } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/*
 * What requests wish of whoever answers them: it is heeded or refused, and never takes more than is permitted.
 */

const perMillion = (output: number, quality?: number) => ({
  price: { input: 1, output },
  ...(quality === undefined ? {} : { quality }),
})
const models = {
  'near/echo': perMillion(100, 0.9),
  'far/echo': perMillion(10, 0.6),
  'nowhere/echo': perMillion(1_000),
}

let house: House
beforeAll(async () => {
  house = await openHouse({
    providers: (url) => ({
      near: providerEntry(url, { region: 'eu-west-1' }),
      far: providerEntry(url, { region: 'us-east-1' }),
      nowhere: providerEntry(url),
    }),
    config: {
      models,
      routes: {
        all: { targets: ['nowhere/echo', 'near/echo'], fallback: { to: ['far/echo'] } },
        failing: { targets: ['near/fault?kind=status-500', 'far/echo'], fallback: { retries: 0 } },
      },
    },
    keys: {
      plain: {},
      wishing: { allow: ['prefer', 'region', 'max_cost_usd', 'max_cost_trims', 'min_quality'] },
      narrow: { allow: ['prefer'], models: ['near/*'] },
    },
  })
})
afterAll(() => house.close())

interface Wishing {
  readonly model?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly maxTokens?: number
}

/** Asks, and gives who answered or why nobody did. */
async function wish(wishes: Json, { model = 'all', key = 'wishing', headers, maxTokens }: Wishing = {}) {
  const answer = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model,
    key: house.key(key),
    extra: { gatehouse: wishes },
    ...(headers === undefined ? {} : { headers }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  return {
    status: answer.status,
    by: answer.headers.get('x-gatehouse-provider') ?? undefined,
    outcome: row.outcome,
    message: readString(answer.error ?? {}, 'message') ?? '',
    notices: answer.headers.get('x-gatehouse-notices') ?? '',
    asked: attemptsOf(row).map((attempt) => readString(attempt, 'target')?.split('/')[0]),
    decision: row.decision ?? '',
  }
}

describe('whom a request prefers', () => {
  test.each<[string, Json, string | undefined]>([
    ['nobody', {}, 'nowhere'],
    ['a list, fallbacks too', { prefer: ['far', 'near'] }, 'far'],
    ['a target', { prefer: { order: ['near/echo'] } }, 'near'],
    ['nobody else', { prefer: { only: ['far'] } }, 'far'],
    ['not some', { prefer: { ignore: ['nowhere', 'somebody-else'] } }, 'near'],
    ['nobody above a price', { prefer: { max_price: { completion: 50 } } }, 'far'],
    ['a region, of which parts count', { region: 'eu' }, 'near'],
  ])('%s', async (_what, wishes, by) => {
    expect(await wish(wishes)).toMatchObject({ status: 200, by })
  })

  test('is told in the decision', async () => {
    const { decision } = await wish({ prefer: ['far'], region: 'us' })
    expect(decision).toContain('"reason":"preferred"')
    expect(decision).toContain('"reason":"outside-wish","detail":"request wants region us"')
  })

  test('is heeded after a failure as well, and without fallbacks nobody else is asked', async () => {
    const ends = { model: 'failing', key: 'wishing' }
    expect((await wish({}, ends)).asked).toEqual(['near', 'far'])
    expect((await wish({ prefer: { ignore: ['far'] } }, ends)).asked).toEqual(['near'])
    expect((await wish({ prefer: { order: ['near'], allow_fallbacks: false } }, ends)).asked).toEqual([
      'near',
    ])
  })

  test('is refused where nobody goes by the name, where it cannot be read, and where the key may not say it', async () => {
    expect(await wish({ prefer: ['fra'] })).toMatchObject({
      status: 400,
      message: 'The route all has no provider or target "fra". Did you mean "far"?',
    })
    for (const prefer of [{ sort: 'price' }, { order: [] }, { order: [1] }, { max_price: { image: 1 } }, 7])
      expect(await wish({ prefer })).toMatchObject({ status: 400 })
    for (const wishes of [{ prefer: ['far'] }, { region: 'eu' }, { max_cost_usd: 1 }, { max_ttft_ms: 5 }])
      expect(await wish(wishes, { key: 'plain' })).toMatchObject({
        status: 403,
        outcome: 'override-not-allowed',
      })
  })

  test('never widens what the key may use', async () => {
    expect(await wish({ prefer: ['far'] }, { key: 'narrow' })).toMatchObject({ by: 'near' })
    expect(await wish({ prefer: { only: ['far'] } }, { key: 'narrow' })).toMatchObject({
      outcome: 'wish-unmet',
      asked: [],
    })
    expect(await wish({ prefer: ['near'] }, { key: 'narrow', model: 'near/echo' })).toMatchObject({
      by: 'near',
    })
  })
})

describe('the most that an attempt may cost', () => {
  // 64 tokens of output: $0.064 at nowhere, $0.0064 at near, $0.00064 at far, and a little for the question.
  test('leads to whoever keeps to it, in a header too', async () => {
    expect(await wish({ max_cost_usd: 0.01 })).toMatchObject({ by: 'near' })
    const headers = { 'x-gatehouse-max-cost-usd': '0.001' }
    expect(await wish({}, { headers })).toMatchObject({ by: 'far' })
  })

  test('is refused with the numbers where nobody does, and nothing was asked', async () => {
    const { status, outcome, message, asked } = await wish({ max_cost_usd: 0.0001 })
    expect({ status, outcome, asked }).toEqual({ status: 400, outcome: 'wish-unmet', asked: [] })
    for (const target of ['nowhere/echo', 'near/echo@eu-west-1', 'far/echo@us-east-1'])
      expect(message).toMatch(new RegExp(`${target}: may cost \\$0\\.\\d+, at most \\$0\\.000100 is allowed`))
    expect((await wish({ max_cost_usd: 0.001, region: 'eu' })).message).toContain(
      'far/echo@us-east-1: request wants region eu',
    )
  })

  test('makes answers shorter where that is wished', async () => {
    const trimmed = await wish({ max_cost_usd: 0.0002, max_cost_trims: true })
    expect(trimmed).toMatchObject({ status: 200, by: 'far' })
    expect(trimmed.notices).toContain('max-tokens.clamped')
    const body = house.provider.requests.all().at(-1)?.body
    const asked = Number(/"max_(?:completion_)?tokens":(\d+)/.exec(new TextDecoder().decode(body))?.[1])
    expect(asked).toBeGreaterThan(1)
    expect(asked).toBeLessThan(20)
  })
})

describe('how good the model must be', () => {
  test('leads to one that is, in a header too, and never to one of which nobody has said it', async () => {
    expect(await wish({ min_quality: 0.8 })).toMatchObject({ by: 'near', asked: ['near'] })
    expect(await wish({ min_quality: 0.6 })).toMatchObject({ by: 'near' })
    const headers = { 'x-gatehouse-min-quality': '0.9' }
    expect(await wish({}, { headers })).toMatchObject({ by: 'near' })
  })

  test('holds after a failure as well', async () => {
    const ends = { model: 'failing' }
    expect((await wish({ min_quality: 0.7 }, ends)).status).toBe(400)
    expect((await wish({ min_quality: 0.6 }, ends)).asked).toEqual(['far'])
  })

  test('is refused with what excluded each target where nobody is, and nothing was asked', async () => {
    const { status, outcome, message, asked, decision } = await wish({ min_quality: 0.95 })
    expect({ status, outcome, asked }).toEqual({ status: 400, outcome: 'wish-unmet', asked: [] })
    for (const told of [
      'nowhere/echo: its quality is not known, and 0.95 is wished',
      'near/echo@eu-west-1: below the quality of 0.95 that is wished',
      'far/echo@us-east-1: below the quality of 0.95 that is wished',
    ])
      expect(message).toContain(told)
    expect(decision).toContain('"below-min-quality"')
  })

  test('is refused where it cannot be read, and where the key may not say it', async () => {
    for (const min_quality of [0, -1, 1.1, 'good', true, [0.5]])
      expect(await wish({ min_quality })).toMatchObject({ status: 400, outcome: 'invalid-request' })
    expect(await wish({ min_quality: 0.5 }, { key: 'plain' })).toMatchObject({
      status: 403,
      outcome: 'override-not-allowed',
    })
    expect((await wish({ min_qualty: 0.5 })).message).toContain("Did you mean 'min_quality'?")
  })
})

test('whatever was wished, the ledger says what is on the bill', async () => {
  const records = await house.close()
  const compared = await expectBill({ records, bill: house.provider.bill, models })
  expect(compared).toMatchObject({ bounded: 0, exact: house.provider.bill.entries().length })
})
