import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { billedTokens } from '../../src/exchange/units.ts'
import { parseJsonObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { CLIENTS } from '../fidelity/house.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { openRunningGateway } from '../running-gateway.ts'
import { ask, attemptsOf, send, type Answer, type Question } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House, type Records } from './open-house.ts'

/*
 * What holds of answers that are gone on with, and which ones are not: one house, whose whole ledger is held against the bill of its provider at
 * the end.
 */

const WHOLE = `Let me count: ${Array.from({ length: 12 }, (_, index) => `${index + 1} sheep`).join(', ')}.`
const RESUME = { mid_stream: 'resume' } as const

type Routes = NonNullable<ConfigFile['routes']>

/** A model of its own for each place, as those that break off are left alone. */
const cut = (id: string, more = 'truncate-mid-stream&after=9'): string =>
  `fault?kind=${more}&as=recite&tps=200&id=${id}`
const rest = (id: string, more = 'to=12'): string => `recite?${more}&id=${id}`

const routes: Routes = {
  ...Object.fromEntries(
    CLIENT_DIALECTS.map((spoken) => [
      `plain-${spoken}`,
      { targets: [`${spoken}/${cut('plain')}`, `${spoken}/${rest('plain')}`], fallback: RESUME },
    ]),
  ),
  ...Object.fromEntries(
    CLIENT_DIALECTS.map((spoken) => [
      `taking-${spoken}`,
      { targets: [`${spoken}/${cut('taking')}`, `${spoken}/${rest('taking')}`], fallback: RESUME },
    ]),
  ),
  hostile: {
    targets: [`first/${cut('hostile')}`, 'first/fault?kind=status-400&id=hostile'],
    fallback: RESUME,
  },
  wordless: {
    targets: [`first/${cut('wordless')}`, `first/${rest('wordless')}`],
    fallback: { mid_stream: { instruct: false } },
  },
  marked: {
    targets: [`first/${cut('marked')}`, `first/${rest('marked')}`],
    fallback: { mid_stream: { mark: ' […] ' } },
  },
  repeating: {
    targets: [`first/${cut('repeating')}`, `first/${rest('repeating', 'repeat=20')}`],
    fallback: RESUME,
  },
  twice: {
    targets: [
      `first/${cut('twice-1')}`,
      `second/${cut('twice-2', 'error-event-mid-stream&after=5')}`,
      `first/${rest('twice')}`,
    ],
    fallback: RESUME,
  },
  again: { targets: [`first/${cut('again', 'truncate-mid-stream&after=9&times=1')}`], fallback: RESUME },
  single: {
    targets: [`first/${cut('single')}`, `first/${rest('single')}`],
    fallback: { ...RESUME, attempts: 1 },
  },
  narrow: {
    targets: [`first/${cut('narrow')}`, `first/${rest('narrow')}`],
    fallback: { ...RESUME, budget: { cost: '1x' } },
  },
  costly: { targets: [`first/${cut('costly')}`, `first/${rest('costly')}`], fallback: RESUME },
  never: {
    targets: [`first/${cut('never')}`, `first/${rest('never')}`],
    fallback: { ...RESUME, never: ['server-error'] },
  },
  ...Object.fromEntries(
    CLIENT_DIALECTS.map((spoken) => [
      `thinking-${spoken}`,
      {
        targets: [
          `${spoken}/fault?kind=truncate-mid-stream&after=40&as=reason&tps=400&id=thinking`,
          `${spoken}/reason?id=thinking`,
        ],
        fallback: RESUME,
      },
    ]),
  ),
  musing: {
    targets: [
      'first/fault?kind=truncate-mid-stream&after=4&as=reason&tps=200&id=musing',
      'second/smart?id=musing',
    ],
    fallback: RESUME,
  },
  stalled: {
    targets: [`slow/${cut('stalled', 'stall-mid-stream&after=9')}`, `first/${rest('stalled')}`],
    fallback: RESUME,
  },
  finished: {
    targets: ['first/fault?kind=no-done&as=recite&tps=400&id=finished', `first/${rest('finished')}`],
    fallback: RESUME,
  },
  raced: {
    targets: [`first/${cut('raced')}`, 'away/recite?ttft=2s&id=raced'],
    race: { of: 2 },
    fallback: RESUME,
  },
  hedged: {
    targets: [`first/${cut('hedged')}`, 'away/recite?id=hedged'],
    hedge: '10s',
    fallback: RESUME,
  },
  checked: {
    targets: [`first/${cut('checked')}`, `first/${rest('checked')}`],
    escalate: { verify: ['repetition', 'refusal'], stream: 'none' },
    fallback: RESUME,
  },
  nobody: {
    targets: [`first/${cut('nobody-1')}`, 'first/fault?kind=status-500&id=nobody'],
    fallback: { ...RESUME, attempts: 2 },
  },
  left: { targets: [`first/${cut('left')}`, 'first/recite?ttft=20s&id=left'], fallback: RESUME },
  failing: { targets: [`first/${cut('failing')}`, `first/${rest('failing')}`] },
  stepped: {
    targets: [`first/${cut('stepped')}`, `first/${rest('stepped')}`],
    steps: [{ name: 'all', fallback: RESUME }],
  },
}

const BY_TOKEN = { price: { input: 1_000, output: 1_000 } }
const targetsOf = (route: Routes[string]): readonly string[] =>
  typeof route === 'string' || Array.isArray(route)
    ? []
    : (route.targets ?? []).map((target) => (typeof target === 'string' ? target : target.model))
const models = Object.fromEntries(
  Object.entries(routes).flatMap(([name, route]) =>
    targetsOf(route).map((model) => [
      model,
      name.startsWith('taking') || name === 'hostile' ? { ...BY_TOKEN, prefill: true } : BY_TOKEN,
    ]),
  ),
)

const steady = { breaker: { errors: 100 } } as const
let house: House
let records: Records | undefined

beforeAll(async () => {
  house = await openHouse({
    config: { models, routes },
    providers: (url) => ({
      ...Object.fromEntries(
        CLIENT_DIALECTS.map((dialect) => [dialect, providerEntry(url, { dialects: [dialect], ...steady })]),
      ),
      slow: providerEntry(url, {
        ...steady,
        timeout: { connect: '10s', first_token: '30s', idle: '300ms', total: '60s' },
      }),
      away: providerEntry(url, { ...steady, incident_domain: 'away' }),
    }),
    keys: { poor: { budget: { usd: 0.7, per: 'day' } } },
  })
})
afterAll(async () => {
  records ??= await house.close()
})

function askFor(model: string, question: Partial<Question> = {}): Promise<Answer> {
  const { dialect = 'openai-chat', mode = 'stream', key = house.key() } = question
  return ask(house.url, { maxTokens: 512, ...question, dialect, mode, model, key })
}

async function rowOf({ headers }: Answer) {
  return house.rowOf(headers.get('x-request-id') ?? '')
}

async function stepsOf(answer: Answer, kind = 'continue'): Promise<readonly JsonObject[]> {
  const { decision = '' } = await rowOf(answer)
  return readObjects(readDecision(decision) ?? {}, 'steps').filter(({ step }) => step === kind)
}

/** What the provider was sent last, by the name of its model. */
function lastAsked(model: string): JsonObject {
  const requests = house.provider.requests.all().filter(({ path, body }) => {
    const text = new TextDecoder().decode(body)
    return text.includes(model) || decodeURIComponent(path).includes(model)
  })
  return parseJsonObject(new TextDecoder().decode(requests.at(-1)?.body)) ?? {}
}

const TURNS: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': 'messages',
  'anthropic-messages': 'messages',
  'openai-responses': 'input',
  gemini: 'contents',
}

const SEAM = /^: gatehouse-continued [^\n]*\n\n/gm
const BROKEN = { status: 200, complete: false, ends: 1 } as const
const COMPLETE = { status: 200, complete: true, ends: 1, text: WHOLE } as const

describe.each(CLIENT_DIALECTS)('an answer to %s that is gone on with', (dialect) => {
  test('has the usage of both, who are paid both, and is known for what it is', async () => {
    const answer = await askFor(`plain-${dialect}`, {
      dialect,
      ...(dialect === 'openai-chat' ? { extra: { stream_options: { include_usage: true } } } : {}),
    })
    expect(answer).toMatchObject(COMPLETE)
    const row = await rowOf(answer)
    expect(row).toMatchObject({ outcome: 'ok', target: `${dialect}/${rest('plain')}` })
    expect(row.notices).toContain('answer.continued')
    const attempts = attemptsOf(row)
    expect(attempts).toMatchObject([{ outcome: 'stream-truncated' }, { outcome: 'ok' }])
    expect(answer.usage).toEqual({ input: row.inputTokens, output: row.outputTokens })
  })

  test('is told to a model that takes beginnings as its own', async () => {
    const answer = await askFor(`taking-${dialect}`, { dialect })
    expect(answer).toMatchObject(COMPLETE)
    expect(await stepsOf(answer)).toMatchObject([{ outcome: 'continued', by: 'prefill' }])
    const turns = readObjects(lastAsked(rest('taking')), TURNS[dialect])
    expect(readString(turns.at(-1) ?? {}, 'role')).toBe(dialect === 'gemini' ? 'model' : 'assistant')
  })

  test('is none where tools or a form are asked for', async () => {
    const answer = await askFor(`plain-${dialect}`, { dialect, extra: TOOLS[dialect] })
    expect(answer).toMatchObject(BROKEN)
    expect(answer.error).toBeDefined()
    expect(await stepsOf(answer)).toEqual([])
  })
})

/** How each asks for reasoning. */
const THINKING: Readonly<Record<ClientDialect, JsonObject>> = {
  'openai-chat': { reasoning_effort: 'high' },
  'anthropic-messages': { thinking: { type: 'enabled', budget_tokens: 1024 } },
  'openai-responses': { reasoning: { effort: 'high', summary: 'auto' } },
  gemini: { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } },
}

const schema = { type: 'object', properties: { a: { type: 'string' } } } as const
const TOOLS: Readonly<Record<ClientDialect, JsonObject>> = {
  'openai-chat': {
    tools: [{ type: 'function', function: { name: 'look', parameters: schema } }],
    tool_choice: 'none',
  },
  'anthropic-messages': { tools: [{ name: 'look', input_schema: schema }], tool_choice: { type: 'none' } },
  'openai-responses': {
    tools: [{ type: 'function', name: 'look', parameters: schema, strict: false }],
    tool_choice: 'none',
  },
  gemini: {
    tools: [{ functionDeclarations: [{ name: 'look' }] }],
    toolConfig: { functionCallingConfig: { mode: 'NONE' } },
  },
}

describe.each(CLIENTS)('$name', (client) => {
  test('reads one answer across the seam', async () => {
    const talk = client.open(
      { url: house.url, key: house.key() },
      { model: `plain-${client.dialect}`, mode: 'stream' },
    )
    const reply = await talk.say('Count sheep.')
    expect(reply).toMatchObject({ text: WHOLE, finish: client.finishes.stop })
  })
})

describe('the text', () => {
  test('has the mark of the route at the seam, which no model gets to read', async () => {
    const answer = await askFor('marked')
    expect(answer.text).toBe(WHOLE.replace(' 4 sheep', ' […]  4 sheep'))
    expect(JSON.stringify(lastAsked(rest('marked')))).not.toContain('[…]')
  })

  test('does not say twice what a model repeats', async () => {
    expect(await askFor('repeating')).toMatchObject(COMPLETE)
  })

  test('may break off again, and is gone on with from there', async () => {
    const answer = await askFor('twice', { dialect: 'anthropic-messages' })
    expect(answer).toMatchObject(COMPLETE)
    const [first, second] = await stepsOf(answer)
    expect(first).toMatchObject({ outcome: 'continued' })
    expect(second).toMatchObject({ outcome: 'continued', to: `first/${rest('twice')}` })
    expect(Number(second?.['characters'])).toBeGreaterThan(Number(first?.['characters']))
    expect(answer.wire.match(/gatehouse-continued/g)).toHaveLength(2)
    const wire = answer.wire.replaceAll(SEAM, '')
    expect(GRAMMARS['anthropic-messages'](wire)).toEqual([])
  })

  test('goes on at the same target where there is no other', async () => {
    expect(await askFor('again')).toMatchObject(COMPLETE)
  })

  test.each(CLIENT_DIALECTS)('goes on behind thoughts that are over: %s', async (dialect) => {
    const answer = await askFor(`thinking-${dialect}`, { dialect, maxTokens: 2048, extra: THINKING[dialect] })
    expect(answer).toMatchObject({ status: 200, complete: true, ends: 1 })
    expect(await stepsOf(answer)).toMatchObject([{ outcome: 'continued', by: 'instruction' }])
    expect(GRAMMARS[dialect](answer.wire.replace(SEAM, ''))).toEqual([])
  })

  test('does not go on in the middle of one', async () => {
    const musing = await askFor('musing')
    expect(musing).toMatchObject(BROKEN)
    expect(await stepsOf(musing)).toMatchObject([{ outcome: 'unfit', reason: 'not-text' }])
  })

  test('goes on in an array, which has no room for a remark', async () => {
    const response = await fetch(`${house.url}/v1beta/models/plain-gemini:streamGenerateContent`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-goog-api-key': house.key() },
      body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'Count sheep.' }] }] }),
    })
    const frames: unknown = await response.json()
    expect(JSON.stringify(frames)).not.toContain('gatehouse')
    const text = [...JSON.stringify(frames).matchAll(/"text":"([^"]*)"/g)].map(([, piece]) => piece).join('')
    expect(text).toBe(WHOLE)
  })

  test('goes on behind a stall', async () => {
    expect(await askFor('stalled')).toMatchObject(COMPLETE)
  })
})

describe('nobody goes on', () => {
  test.each([
    ['single', { outcome: 'refused', reason: 'purse' }],
    ['narrow', { outcome: 'refused', reason: 'purse' }],
    ['wordless', { outcome: 'refused', reason: 'nobody' }],
    ['hostile', { outcome: 'failed' }],
    ['nobody', { outcome: 'failed' }],
  ])('%s, and the failure that is told is the one that broke the answer', async (route, step) => {
    const answer = await askFor(route)
    expect(answer).toMatchObject(BROKEN)
    expect(answer.error?.['code']).toBe('stream_incomplete')
    expect(answer.text).toBe(WHOLE.slice(0, WHOLE.indexOf(' 4 sheep')))
    expect(await stepsOf(answer)).toMatchObject([step])
    expect((await rowOf(answer)).outcome).toBe('stream-truncated')
  })

  test('where the budget of the caller has no room for it', async () => {
    const answer = await askFor('costly', { key: house.key('poor') })
    expect(answer).toMatchObject(BROKEN)
    expect(await stepsOf(answer)).toMatchObject([{ outcome: 'refused', reason: 'purse' }])
    expect(await stepsOf(answer, 'filter')).toMatchObject([{ targets: [{ reason: 'beyond-budget' }] }])
  })

  test.each([
    ['never', {}],
    ['failing', {}],
    ['plain-openai-chat', { headers: { 'x-gatehouse-no-fallback': 'true' } }],
    ['plain-openai-chat', { extra: { logprobs: true } }],
  ] as const)('%s %j: it is not asked for, and nothing is taken down', async (route, question) => {
    const answer = await askFor(route, question)
    expect(answer).toMatchObject(BROKEN)
    expect(await stepsOf(answer)).toEqual([])
  })

  test('where it has said how it ends, and where the client had its fill', async () => {
    const finished = await askFor('finished')
    expect(finished).toMatchObject({ status: 200, text: WHOLE })
    expect(await stepsOf(finished)).toEqual([])
    const short = await askFor('plain-gemini', { maxTokens: 9 })
    expect(await stepsOf(short)).toMatchObject([{ outcome: 'refused', reason: 'at-limit' }])
  })

  test('where the client has left, who is charged for what was said', async () => {
    const leaving = new AbortController()
    const response = await send(house.url, {
      dialect: 'openai-chat',
      mode: 'stream',
      model: 'left',
      key: house.key(),
      signal: leaving.signal,
    })
    const reader = response.body?.getReader()
    let wire = ''
    // One that is waited for has said nothing yet.
    while (!wire.includes(' 3')) wire += new TextDecoder().decode((await reader?.read())?.value)
    while (house.provider.bill.entries().every(({ model }) => !model.includes('20s'))) await Bun.sleep(5)
    leaving.abort()
    const row = await house.rowOf(response.headers.get('x-request-id') ?? '')
    expect(row.outcome).toBe('client-gone')
    expect(attemptsOf(row)).toMatchObject([{ outcome: 'stream-truncated' }, { outcome: 'cancelled' }])
  })

  test('of what comes whole: that fails over, as nothing was shown', async () => {
    const answer = await askFor('plain-openai-chat', { mode: 'unary' })
    expect(answer).toMatchObject({ status: 200, complete: true, text: WHOLE })
    expect(await stepsOf(answer)).toEqual([])
  })
})

describe('beside the other terms of a route', () => {
  test.each(['raced', 'hedged', 'checked', 'stepped'])(
    '%s: it goes on, and one after the other',
    async (route) => {
      const answer = await askFor(route)
      expect(answer).toMatchObject(COMPLETE)
      expect(await stepsOf(answer)).toMatchObject([{ outcome: 'continued' }])
    },
  )

  test('what is stored is the whole answer', async () => {
    const answer = await askFor('plain-openai-responses', { dialect: 'openai-responses' })
    const [, id = ''] = /"id":"(resp_[^"]+)"/.exec(answer.wire) ?? []
    const stored = await fetch(`${house.url}/v1/responses/${id}`, {
      headers: { authorization: `Bearer ${house.key()}` },
    })
    expect(stored.status).toBe(200)
    expect(JSON.stringify(await stored.json())).toContain(WHOLE)
  })
})

test('it is counted by route and outcome', async () => {
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  expect(metrics).toContain('gatehouse_continuations_total{route="marked",outcome="continued"} 1')
  expect(metrics).toContain('gatehouse_continuations_total{route="hostile",outcome="failed"} 1')
  expect(metrics).toContain('gatehouse_continuations_total{route="single",outcome="refused"} 1')
  expect(metrics).toContain('gatehouse_continuations_total{route="musing",outcome="unfit"} 1')
})

test('every attempt is in the ledger once, as it is on the bill, and says why it was begun', async () => {
  records ??= await house.close()
  await expectBill({ records, bill: house.provider.bill, models })
  const { ledger, requests } = records
  const twice = requests.find(({ route }) => route === 'twice')
  const rows = ledger
    .filter(({ requestId }) => requestId === twice?.id)
    .toSorted((left, right) => left.ordinal - right.ordinal)
  expect(rows.map(({ ordinal, begunFor }) => `${ordinal} ${begunFor}`)).toEqual([
    '1 undefined',
    '2 continue',
    '3 continue',
  ])
  for (const { usage } of rows) expect(billedTokens(usage, 'output')).toBeGreaterThan(0)
})

test('the example does what it says', async () => {
  const config = await Bun.file(new URL('../../examples/going-on.yaml', import.meta.url)).text()
  const gateway = await openRunningGateway({ config })
  const texts = []
  for (const model of ['story', 'marked']) {
    const question = {
      dialect: 'openai-chat',
      mode: 'stream',
      model,
      key: gateway.key,
      maxTokens: 512,
    } as const
    texts.push((await ask(gateway.url, question)).text)
  }
  await gateway.close()
  expect(texts).toEqual([WHOLE, WHOLE.replace(' 4 sheep', ' […]  4 sheep')])
})
