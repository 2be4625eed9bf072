import { expect, test } from 'bun:test'
import { readString, type JsonObject } from '../../src/kit/json.ts'
import { formatUsd } from '../../src/kit/money.ts'
import { sseData, sseEvent } from '../../src/kit/sse.ts'
import { MODES, type Mode } from '../modes.ts'
import { ask, type Question } from './asking.ts'
import { openHouse, type House } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const SSE_TYPE = { 'content-type': 'text/event-stream' }

/** 10,000 tokens in and 1,000 out, told by a company that says how it served. */
function openaiAnswer(mode: Mode, served: JsonObject): Response {
  const usage = { prompt_tokens: 10_000, completion_tokens: 1_000, total_tokens: 11_000 }
  const head = { id: 'c1', created: 1_764_000_000, model: 'm', ...served }
  if (mode === 'unary') {
    const message = { role: 'assistant', content: 'ok' }
    const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }]
    return Response.json({ ...head, object: 'chat.completion', choices, usage })
  }
  const chunk = (more: JsonObject): string =>
    sseData(JSON.stringify({ ...head, object: 'chat.completion.chunk', ...more }))
  const frames = [
    chunk({ choices: [{ index: 0, delta: { role: 'assistant', content: 'ok' }, finish_reason: null }] }),
    chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    chunk({ choices: [], usage }),
    sseData('[DONE]'),
  ]
  return new Response(frames.join(''), { headers: SSE_TYPE })
}

function anthropicAnswer(mode: Mode, served: JsonObject): Response {
  const usage = { input_tokens: 10_000, output_tokens: 1_000, ...served }
  const content = [{ type: 'text', text: 'ok' }]
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content, usage }
  if (mode === 'unary') return Response.json({ ...message, stop_reason: 'end_turn' }, { headers: JSON_TYPE })
  const event = (type: string, more: JsonObject): string => sseEvent(type, JSON.stringify({ type, ...more }))
  const frames = [
    event('message_start', { message: { ...message, content: [] } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'ok' } }),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1_000 } }),
    event('message_stop', {}),
  ]
  return new Response(frames.join(''), { headers: SSE_TYPE })
}

/** A house between two companies that serve as the last wish of the test says. */
async function openTieredHouse() {
  let served: JsonObject = {}
  const provider = openScriptedProvider(({ path, body }) => {
    const mode: Mode = /"stream":\s*true/.test(body) ? 'stream' : 'unary'
    return path.endsWith('/messages') ? anthropicAnswer(mode, served) : openaiAnswer(mode, served)
  })
  const house = await openHouse({
    config: {
      models: {
        'plain/own': {
          price: {
            input: 2.5,
            output: 15,
            service_tiers: { flex: { times: 0.3 }, gold: { input: 5, output: 20 } },
          },
        },
      },
    },
    providers: () => ({
      oai: { type: 'openai', base_url: `${provider.url}/v1`, key: 'env:PROVIDER_KEY' },
      claude: { type: 'anthropic', base_url: provider.url, key: 'env:PROVIDER_KEY' },
      plain: { base_url: `${provider.url}/v1`, dialects: ['openai-chat'], key: 'env:PROVIDER_KEY' },
    }),
    keys: { poor: { budget: { usd: 0.05, per: 'day' } }, rich: { budget: { usd: 1_000, per: 'day' } } },
  })
  return {
    house,
    serve: (words: JsonObject): void => void (served = words),
    async close() {
      await house.close()
      await provider.close()
    },
  }
}

/** What a request cost, streamed and whole: one amount, since the two may not differ. */
async function costs(house: House, question: Omit<Question, 'mode' | 'key'>): Promise<readonly string[]> {
  const told = new Set<string>()
  for (const mode of MODES) {
    const { headers } = await ask(house.url, { ...question, mode, key: house.key() })
    const { costNanoUsd } = await house.rowOf(headers.get('x-request-id') ?? '')
    told.add(costNanoUsd === undefined ? 'unpriced' : formatUsd(costNanoUsd))
  }
  return [...told]
}

test('the tier that the answer names decides what it cost, not the one that was asked for', async () => {
  const { house, serve, close } = await openTieredHouse()
  const wish = (model: string, extra: JsonObject = {}) => ({ dialect: 'openai-chat', model, extra }) as const
  const rows: readonly (readonly [string, JsonObject, JsonObject, string])[] = [
    ['oai/gpt-5.4', {}, { service_tier: 'default' }, '0.040000'],
    ['oai/gpt-5.4', {}, { service_tier: 'priority' }, '0.080000'],
    ['oai/gpt-5.4', {}, { service_tier: 'flex' }, '0.020000'],
    ['oai/gpt-5.4', { service_tier: 'priority' }, { service_tier: 'default' }, '0.040000'],
    ['oai/gpt-5.4', { service_tier: 'flex' }, { service_tier: 'scale' }, 'unpriced'],
    ['oai/gpt-5.4', { service_tier: 'priority' }, {}, 'unpriced'],
    ['oai/gpt-5.4', { service_tier: 'auto' }, {}, '0.040000'],
    ['plain/own', {}, { service_tier: 'flex' }, '0.012000'],
    ['plain/own', {}, { service_tier: 'gold' }, '0.070000'],
    ['plain/own', {}, { service_tier: 'priority' }, 'unpriced'],
  ]
  for (const [model, extra, served, cost] of rows) {
    serve(served)
    expect([model, extra, served, await costs(house, wish(model, extra))]).toEqual([
      model,
      extra,
      served,
      [cost],
    ])
  }
  await close()
})

test('so do speed and place where a company tells them', async () => {
  const { house, serve, close } = await openTieredHouse()
  const rows: readonly (readonly [JsonObject, JsonObject, string])[] = [
    [{}, { service_tier: 'standard', inference_geo: 'global' }, '0.075000'],
    [{}, { service_tier: 'standard', speed: 'fast' }, '0.150000'],
    [{}, { service_tier: 'standard', inference_geo: 'us' }, '0.082500'],
    [{}, { service_tier: 'standard', inference_geo: 'us', speed: 'fast' }, '0.165000'],
    [{ speed: 'fast' }, { service_tier: 'standard', speed: 'standard' }, '0.075000'],
    [{ speed: 'fast' }, { service_tier: 'standard' }, 'unpriced'],
    [{}, { service_tier: 'priority' }, 'unpriced'],
  ]
  for (const [extra, served, cost] of rows) {
    serve(served)
    const question = { dialect: 'anthropic-messages', model: 'claude/claude-opus-5', extra } as const
    expect([extra, served, await costs(house, question)]).toEqual([extra, served, [cost]])
  }
  await close()
})

test('a budget holds the dearest tier that a request lets be served, and takes none without a price', async () => {
  const { house, serve, close } = await openTieredHouse()
  serve({ service_tier: 'default' })
  const question = { dialect: 'openai-chat', mode: 'unary', model: 'oai/gpt-5.4', maxTokens: 2_000 } as const
  const askAs = (key: string, tier: string) =>
    ask(house.url, { ...question, key: house.key(key), extra: { service_tier: tier } })
  expect((await askAs('rich', 'scale')).error).toMatchObject({ code: 'unpriced_model' })
  expect(readString((await askAs('rich', 'scale')).error ?? {}, 'message')).toContain('the tier scale')
  expect((await askAs('rich', 'priority')).status).toBe(200)
  // 2,000 tokens of output are $0.03 as usual and $0.06 at twice the price.
  for (const tier of ['priority', 'auto']) {
    expect((await askAs('poor', tier)).error).toMatchObject({ code: 'request_exceeds_budget' })
  }
  expect((await askAs('poor', 'flex')).status).toBe(200)
  await close()
})

test('tiers can be tried without a company', async () => {
  const house = await openHouse({
    config: {
      models: { 'first/echo': { price: { input: 1, output: 1, service_tiers: { flex: { times: 0.5 } } } } },
    },
  })
  const question = { dialect: 'openai-chat', mode: 'unary', model: 'first/echo', key: house.key() } as const
  const costIn = async (extra: JsonObject): Promise<number> =>
    Number((await ask(house.url, { ...question, extra })).headers.get('x-gatehouse-cost-usd'))
  expect(await costIn({ service_tier: 'flex' })).toBeCloseTo((await costIn({})) / 2, 5)
  await house.close()
})
