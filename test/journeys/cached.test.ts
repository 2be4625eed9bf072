import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects } from '../../src/kit/json.ts'
import type { JsonObject } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * Who asks what was asked before gets the answer that was given, in his own dialect, streamed or not, and no model is asked; but nobody
 * gets what was kept for somebody else, nor what another question was answered.
 */

/** How each dialect asks for no sampling. */
const STEADY: { readonly [D in ClientDialect]?: JsonObject } = {
  gemini: { generationConfig: { temperature: 0, maxOutputTokens: 64 } },
}

const MASKED_MAIL = { detect: ['email'], action: 'mask' as const, routes: ['guarded'] }

interface Asked {
  readonly dialect?: ClientDialect
  readonly mode?: Mode
  readonly text: string
  readonly key?: string
  readonly model?: string
  readonly extra?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
}

let house: House
beforeAll(async () => {
  house = await openHouse({
    config: {
      routes: {
        kept: { targets: ['first/smart'], cache: { ttl: '10m', scope: 'team', tags: ['faq'] } },
        shared: { targets: ['first/smart'], cache: { scope: 'shared', sampled: true } },
        plain: { targets: ['first/smart'] },
        guarded: { targets: ['first/echo'], cache: true },
        cut: { targets: ['first/smart'], cache: true },
      },
      projects: { red: {}, blue: {} },
      guardrails: {
        mail: MASKED_MAIL,
      },
    },
    keys: { one: { project: 'red' }, two: { project: 'red' }, other: { project: 'blue' } },
  })
})
afterAll(() => house.close())

function put({
  dialect = 'openai-chat',
  mode = 'unary',
  model = 'kept',
  key = 'one',
  ...rest
}: Asked): Promise<Answer> {
  const extra = STEADY[dialect] ?? { temperature: 0 }
  return ask(house.url, { dialect, mode, model, key: house.key(key), ...rest, extra: rest.extra ?? extra })
}

function calls(): number {
  return house.provider.requests.all().length
}

const cacheOf = ({ headers }: Answer): string | null => headers.get('x-gatehouse-cache')

describe('the same question', () => {
  test.each(
    CLIENT_DIALECTS.flatMap((first) =>
      CLIENT_DIALECTS.flatMap((second) => MODES.map((mode) => ({ first, second, mode }))),
    ),
  )('is answered from what $first got where $second asks it, $mode', async ({ first, second, mode }) => {
    const text = `Why is the sky ${first} ${second} ${mode}?`
    const model = `kept`
    const fresh = await put({ dialect: first, text, model })
    expect(cacheOf(fresh)).toBe('miss')
    const before = calls()
    const again = await put({ dialect: second, mode, text, model, key: 'two' })
    expect(cacheOf(again)).toBe('hit')
    expect(calls()).toBe(before)
    expect(again).toMatchObject({ status: 200, complete: true, text: fresh.text })
    expect(again.usage).toEqual(fresh.usage)
    expect(again.headers.get('age')).toMatch(/^\d+$/)
    expect(again.headers.get('x-gatehouse-cost-usd')).toBe('0')
  })

  test('leaves a line without attempts that tells where the answer came from', async () => {
    await put({ text: 'Who writes lines?' })
    const again = await put({ text: 'Who writes lines?' })
    const row = await house.rowOf(again.headers.get('x-request-id') ?? '')
    expect(row).toMatchObject({ outcome: 'ok', attemptCount: 0, costNanoUsd: 0n, inputTokens: 0 })
    const steps = readObjects(readDecision(row.decision ?? '') ?? {}, 'steps')
    expect(steps).toContainEqual(expect.objectContaining({ step: 'cache', outcome: 'hit' }))
  })
})

describe('nobody gets', () => {
  test('what was kept for another project', async () => {
    const text = 'What is our secret plan?'
    await put({ text, key: 'one' })
    expect(cacheOf(await put({ text, key: 'other' }))).toBe('miss')
    expect(cacheOf(await put({ text, key: 'two' }))).toBe('hit')
  })

  test('the answer to another question', async () => {
    const text = 'How much is the fish?'
    await put({ text })
    for (const extra of [
      { temperature: 0, seed: 1 },
      { temperature: 0, stop: ['x'] },
      { temperature: 0, top_p: 0.5 },
    ])
      expect(cacheOf(await put({ text, extra }))).toBe('miss')
    expect(
      cacheOf(await put({ text, extra: { temperature: 0, user: 'somebody', metadata: { a: 'b' } } })),
    ).toBe('hit')
  })

  test('an answer that would be another one each time, unless the route says so', async () => {
    const text = 'Tell me a joke.'
    const extra = { temperature: 1 }
    for (let turn = 0; turn < 2; turn += 1) expect(cacheOf(await put({ text, extra }))).toBe('bypass')
    await put({ text, extra, model: 'shared' })
    expect(cacheOf(await put({ text, extra, model: 'shared', key: 'other' }))).toBe('hit')
  })

  test('an answer that was cut off', async () => {
    const ask = { text: 'Tell me a long story.', model: 'cut', extra: { temperature: 0, max_tokens: 2 } }
    expect((await put(ask)).finish).toBe('length')
    expect(cacheOf(await put(ask))).toBe('miss')
  })

  test('what was masked for somebody else', async () => {
    const [ana, bob] = ['ana@example.com', 'bob@example.com']
    await put({ model: 'guarded', text: `Write to ${ana}` })
    // Another value is another question, since its placeholder is another one.
    const then = await put({ model: 'guarded', text: `Write to ${bob}` })
    expect(cacheOf(then)).toBe('miss')
    expect(then.text).not.toContain(ana)
    expect(cacheOf(await put({ model: 'guarded', text: `Write to ${ana}` }))).toBe('hit')
  })
})

describe('a request says', () => {
  test('that it wants nothing of the cache, a new answer, or nothing but a kept one', async () => {
    const text = 'What does a request say?'
    const only = await put({ key: 'dev', text, headers: { 'x-gatehouse-cache': 'only' } })
    expect(only.status).toBe(504)
    await put({ key: 'dev', text })
    expect(cacheOf(await put({ key: 'dev', text, headers: { 'x-gatehouse-cache': 'off' } }))).toBe('bypass')
    expect(cacheOf(await put({ key: 'dev', text, headers: { 'cache-control': 'no-store' } }))).toBe('bypass')
    expect(cacheOf(await put({ key: 'dev', text, headers: { 'x-gatehouse-cache': 'refresh' } }))).toBe(
      'refresh',
    )
    expect(cacheOf(await put({ key: 'dev', text, headers: { 'cache-control': 'no-cache' } }))).toBe('refresh')
    expect(cacheOf(await put({ key: 'dev', text, headers: { 'cache-control': 'max-age=0' } }))).toBe('miss')
    expect(cacheOf(await put({ key: 'dev', text, headers: { 'x-gatehouse-cache': 'only' } }))).toBe('hit')
  })

  test('on a route that keeps nothing that its answers be kept', async () => {
    const on = { temperature: 0, gatehouse: { cache: { mode: 'on', ttl: 60 } } }
    const text = 'Keep this?'
    expect(cacheOf(await put({ text, model: 'plain' }))).toBeNull()
    expect(cacheOf(await put({ text, model: 'plain', key: 'dev', extra: on }))).toBe('miss')
    expect(cacheOf(await put({ text, model: 'plain', key: 'dev', extra: on }))).toBe('hit')
  })

  test('nothing that its route does not give, and nothing that its key may not', async () => {
    const shared = { temperature: 0, gatehouse: { cache: { scope: 'shared' } } }
    expect((await put({ text: 'a', key: 'dev', extra: shared })).status).toBe(403)
    const longer = { temperature: 0, gatehouse: { cache: { ttl: '1d' } } }
    expect((await put({ text: 'a', key: 'dev', extra: longer })).status).toBe(403)
    const wrong = { temperature: 0, gatehouse: { cache: { ttl: 'soon' } } }
    expect((await put({ text: 'a', key: 'dev', extra: wrong })).status).toBe(400)
  })
})

test('a hundred who ask the same at once are answered by one call', async () => {
  const before = calls()
  const text = 'What do a hundred ask?'
  const answers = await Promise.all(Array.from({ length: 100 }, () => put({ text })))
  expect(calls()).toBe(before + 1)
  expect(new Set(answers.map((one) => one.text)).size).toBe(1)
  expect(answers.filter((one) => cacheOf(one) === 'miss')).toHaveLength(1)
})
