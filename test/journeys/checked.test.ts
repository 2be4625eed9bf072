import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { JsonObject } from '../../src/kit/json.ts'
import { MODES, type ClientDialect, type Mode } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * Guardrails that ask a model: what is asked and what is answered is judged before it goes on, at every dialect and in every mode, out of
 * the caller's budget, and nobody is told what a mask takes away.
 */

const MAIL = 'ana.lopez@example.com'
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

const CONFIG = {
  routes: {
    open: ['first/echo'],
    said: ['first/echo'],
    told: ['first/echo'],
    kept: { targets: ['first/echo'], cache: { ttl: '1m' } },
    'told-nothing': ['first/echo'],
    advice: {
      steps: [
        { name: 'careful', when: "'legal' in guard.flags", targets: ['second/echo'] },
        { name: 'usual', targets: ['first/echo', 'second/echo'] },
      ],
    },
    shaped: {
      steps: [
        { name: 'again', when: "request.purpose == 'repair'", targets: ['first/json'] },
        { name: 'first', targets: ['first/sloppy?how=prose'] },
      ],
    },
    hopeless: ['first/sloppy?how=prose'],
    better: {
      targets: ['first/echo', 'second/smart'],
      escalate: { verify: ['empty'], guardrails: ['rude', 'bird'] },
    },
  },
  guardrails: {
    data: { detect: ['email'], action: 'mask', routes: ['open'] },
    toxic: {
      moderation: { model: 'second/moderate' },
      action: 'block',
      routes: ['open'],
      message: 'Not so.',
    },
    harsh: {
      moderation: { model: 'second/moderate', categories: { violence: 0.7 } },
      action: 'block',
      answer: 'refusal',
      phases: ['output'],
      routes: ['said', 'kept'],
    },
    seen: { moderation: { model: 'second/moderate' }, action: 'flag', routes: ['told'] },
    rude: {
      moderation: { model: 'second/moderate' },
      action: 'flag',
      phases: ['output'],
      routes: ['better'],
    },
    bird: { terms: { words: ['bluebird'] }, action: 'flag', phases: ['output'], routes: ['better'] },
    silent: {
      rubric: { model: 'second/fault?status=500', rubric: 'x' },
      action: 'block',
      routes: ['told-nothing'],
      budget: '1s',
    },
    legal: {
      rubric: { model: 'second/classify', rubric: 'Somebody asks for help with a "contract".' },
      action: 'restrict',
      only: { providers: ['second'] },
      routes: ['advice'],
    },
    shape: {
      answer_schema: { from: 'request', repair: true },
      action: 'block',
      routes: ['shaped', 'hopeless'],
    },
  },
} as const

let house: House

beforeAll(async () => {
  // A key that may use the routes, and neither the models that judge nor their operation.
  const models = Object.keys(CONFIG.routes)
  house = await openHouse({
    config: CONFIG as never,
    keys: { app: { models, endpoints: ['chat'] }, few: { models, rpm: 1 } },
  })
})

afterAll(async () => void (await house.close()))

interface Asked {
  readonly mode?: Mode
  readonly dialect?: ClientDialect
  readonly extra?: JsonObject
}

const say = (
  model: string,
  text: string,
  { mode = 'unary', dialect = 'openai-chat', extra = {} }: Asked = {},
) => ask(house.url, { dialect, mode, model, key: house.key('app'), text, maxTokens: 256, extra })

const bodiesSince = (count: number): readonly string[] =>
  house.provider.requests
    .all()
    .slice(count)
    .map(({ body }) => new TextDecoder().decode(body))

const verdictsIn = ({ headers }: Answer): string | null => headers.get('x-gatehouse-guardrails')

describe.each(MODES)('%s', (mode) => {
  test.each(['openai-chat', 'anthropic-messages'] as const)(
    'what a moderation model finds reaches nobody: %s',
    async (dialect) => {
      const before = house.provider.requests.all().length
      const answer = await say('open', `I will kill you, ${MAIL}`, { mode, dialect })
      expect(answer.status).toBe(400)
      expect(answer.wire).toContain('Not so.')
      const bodies = bodiesSince(before)
      expect(bodies).toHaveLength(1)
      expect(bodies[0]).toMatch(/I will kill you, <EMAIL_[0-9A-Z]{4}>/)
      const kind = await say('open', 'Good morning.', { mode, dialect })
      expect(kind).toMatchObject({ status: 200, text: 'Good morning.', complete: true })
      expect(verdictsIn(kind)).toBe('data=passed;toxic=passed')
    },
  )

  test('an answer is refused in the words of a model, and what it used is told', async () => {
    const answer = await say('said', 'I will kill you', { mode })
    expect(answer).toMatchObject({ status: 200, finish: 'content_filter', complete: true })
    expect(answer.wire).not.toContain('kill')
    const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    expect(row.outcome).toBe('ok')
    expect(row.decision).toContain('{"guardrail":"harsh","verdict":"blocked","found":{"violence":1}}')
  })

  test('an answer of which something is only told passes, with its verdict in its record', async () => {
    const answer = await say('told', 'I will kill you', { mode })
    expect(answer).toMatchObject({ status: 200, text: 'I will kill you', complete: true })
    const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    expect(row.decision).toContain('"lane":"native"')
    expect(row.decision).toContain('{"guardrail":"seen","verdict":"flagged","found":{"violence":1}}')
  })

  test('who cannot judge keeps everything back', async () => {
    const answer = await say('told-nothing', 'Hello.', { mode })
    expect(answer.status).toBe(503)
    expect(answer.error).toMatchObject({ code: 'guardrail_failed' })
  })

  test('what a rubric finds leads to another step, and to nobody else', async () => {
    const legal = await say('advice', 'May I break this contract?', { mode })
    expect(legal.headers.get('x-gatehouse-attempts')).toMatch(/second\/echo/)
    expect(verdictsIn(legal)).toBe('legal=restricted(1)')
    const other = await say('advice', 'May I break this egg?', { mode })
    expect(other.headers.get('x-gatehouse-attempts')).toMatch(/first\/echo/)
  })

  test('an answer in the wrong form is asked for once more, and given where it fits then', async () => {
    const extra = { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } } }
    const mended = await say('shaped', 'Where?', { mode, extra })
    expect(mended).toMatchObject({ status: 200, complete: true })
    expect(JSON.parse(mended.text)).toMatchObject({ city: expect.any(String) })
    const hopeless = await say('hopeless', 'Where?', { mode, extra })
    expect(hopeless.status).toBe(400)
    expect(hopeless.error).toMatchObject({ code: 'guardrail_blocked' })
    expect((await say('shaped', 'Where?', { mode })).text).toContain('plain words')
  })
})

test('an answer that was kept is judged again each time', async () => {
  const texts = ['Good morning.', 'Good morning.', 'I will kill you', 'I will kill you']
  const answers: Answer[] = []
  for (const text of texts) answers.push(await say('kept', text, { extra: { temperature: 0 } }))
  expect(answers.map(({ headers }) => headers.get('x-gatehouse-cache'))).toEqual([
    'miss',
    'hit',
    'miss',
    'hit',
  ])
  expect(answers.map(({ finish }) => finish)).toEqual(['stop', 'stop', 'content_filter', 'content_filter'])
})

test('nobody has a model asked more often than he may ask himself, blocked or not', async () => {
  const key = house.key('few')
  const question = {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'open',
    key,
    text: 'I will kill you',
  } as const
  const before = house.provider.requests.all().length
  expect((await ask(house.url, question)).status).toBe(400)
  expect((await ask(house.url, question)).status).toBe(429)
  expect(bodiesSince(before)).toHaveLength(1)
})

test.each([
  ['I will kill you', 'rude'],
  ['the bluebird', 'bird'],
])(
  'an answer in which a guardrail finds something is dropped, and the next target is asked: %s',
  async (text, name) => {
    const answer = await say('better', text, { mode: 'stream' })
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.text).not.toContain(text)
    expect(answer.headers.get('x-gatehouse-attempts')).toContain('second/smart')
    const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
    expect(row.decision).toContain(`{"by":"guardrail","reason":"${name}"}`)
    expect((await say('better', 'Good morning.')).text).toBe('Good morning.')
  },
)

test('a text is tried by those who ask, where that is wished, as the operator', async () => {
  const tryText = async (path: string, body: object): Promise<unknown> => {
    const answer = await house.gateway.askAdmin(`/api/v1/guardrails/test${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return await answer.json()
  }
  const text = `I will kill you, ${MAIL}`
  expect(await tryText('', { text, route: 'open' })).toMatchObject({
    verdict: 'masked',
    guardrails: [{ verdict: 'masked' }, { guardrail: 'toxic', verdict: null }],
  })
  const before = house.provider.requests.all().length
  expect(await tryText('/checks', { text, route: 'open' })).toMatchObject({
    verdict: 'blocked',
    guardrails: [{ verdict: 'masked' }, { guardrail: 'toxic', verdict: 'blocked', counts: { violence: 1 } }],
  })
  expect(bodiesSince(before).join()).not.toContain(MAIL)
  const shaped = { text: 'no JSON', route: 'shaped', phase: 'output' }
  expect(await tryText('/checks', shaped)).toMatchObject({ verdict: 'passed' })
})

test('what was asked is on record under its purpose, paid by the same key', async () => {
  const { ledger, requests } = await house.close()
  const client = new Set(requests.filter(({ purpose }) => purpose === undefined).map(({ id }) => id))
  const asked = ledger.filter(({ purpose }) => purpose !== undefined)
  expect(new Set(asked.map(({ purpose }) => purpose))).toEqual(new Set(['classify', 'repair']))
  for (const { parentId, owners } of asked.filter((one) => one.owners.key !== 'operator')) {
    expect(client.has(parentId ?? '')).toBe(true)
    expect(owners.key).toBeDefined()
  }
})
