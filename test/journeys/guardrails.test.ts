import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import type { ChatRequest } from '../../src/exchange/chat.ts'
import type { GuardPhase } from '../../src/exchange/guard.ts'
import type { Operation, RequestOf } from '../../src/exchange/operations/all.ts'
import { TARGET } from '../fuzz/every-codec.ts'
import { TAKING_BODIES, understand } from '../fuzz/handle-request.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { parseJsonObject, type JsonObject } from '../../src/kit/json.ts'
import { ask, type Answer } from './asking.ts'
import { openTellingProvider, type TellingProvider, type Tells } from './telling-provider.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import type { Layer } from '../../src/policies/policy.ts'

/*
 * Nothing that a guardrail masks or blocks gets out: at every endpoint of every dialect and operation, towards every dialect, streamed or
 * not, it reaches no provider by a request, and no client by an answer, be it text, thought, an argument of a tool or what only one family
 * understands. Where guardrails only tell what they find, bytes pass as ever.
 */

const SECRET = 'sk-proj-9f8e7d6c5b4a39281706abcd'
const MAIL = 'ana.lopez@example.com'
const CARD = '4111 1111 1111 1111'
const TERM = 'Bluebird Nine'
const PLANTED = [SECRET, MAIL, CARD, TERM] as const
const SAID = `My key is ${SECRET}, my mail ${MAIL}, my card ${CARD}, my work ${TERM}. Thanks!`

/** What is done at a route, by the first word of its name. */
const ACTIONS = {
  mask: 'action: mask, restore: false',
  block: 'action: block',
  refuse: 'action: block, answer: refusal, message: "Not in this house."',
  flag: 'action: flag',
  shadow: 'action: block, mode: shadow',
} as const
type Action = keyof typeof ACTIONS

const MASKED =
  /My key is <TOKEN_\w{4}>, my mail <EMAIL_\w{4}>, my card <CARD_\w{4}>, my work <TERM_\w{4}>\. Thanks!/

/** Those that let nothing out. */
const STRICT = ['mask', 'block', 'refuse'] as const

/** What each operation asks with the planted words wherever it can say something. A further one does not compile without its line. */
const QUESTIONS: { readonly [O in Operation]: RequestOf<O> | undefined } = {
  chat: sampleChat(false),
  'count-tokens': { operation: 'count-tokens', model: 'm', chat: sampleChat(false), stream: false },
  embed: {
    operation: 'embed',
    model: 'm',
    inputs: [SAID, MAIL],
    encodings: ['float'],
    task: 'query',
    stream: false,
  },
  moderate: { operation: 'moderate', model: 'm', inputs: [SAID], stream: false },
  rerank: {
    operation: 'rerank',
    model: 'm',
    query: MAIL,
    documents: [SAID, CARD, TERM],
    returnDocuments: false,
    stream: false,
  },
  // Names an answer that is stored, and says nothing.
  recall: undefined,
}

function sampleChat(stream: boolean): ChatRequest {
  const args = JSON.stringify({ to: MAIL, pan: 4111111111111111, work: TERM })
  return {
    operation: 'chat',
    model: 'm',
    stream,
    wantsUsage: false,
    maxOutputTokens: 64,
    tools: [
      {
        type: 'function',
        name: 'send',
        description: `Writes to ${MAIL}`,
        parameters: {
          type: 'object',
          properties: { to: { type: 'string', description: SECRET }, pan: { type: 'number' } },
        },
      },
    ],
    turns: [
      { role: 'system', blocks: [{ type: 'text', text: `Know ${SECRET} of ${TERM}` }] },
      { role: 'user', blocks: [{ type: 'text', text: MAIL }] },
      {
        role: 'assistant',
        blocks: [{ type: 'tool-call', id: 'call_1', name: 'send', arguments: args, form: 'json' }],
      },
      {
        role: 'user',
        blocks: [
          { type: 'tool-result', callId: 'call_1', isError: false, blocks: [{ type: 'text', text: SAID }] },
          { type: 'text', text: SAID },
        ],
      },
    ],
  }
}

/** Whom the simulated provider is, for each operation. */
const MODELS: { readonly [O in Operation]: string } = {
  chat: 'echo',
  'count-tokens': 'echo',
  embed: 'embed',
  moderate: 'moderate',
  rerank: 'rerank',
  recall: 'echo',
}

/** The parts of an answer in which something may be planted. */
const PARTS = ['text', 'reasoning', 'arguments', 'native'] as const
type Part = (typeof PARTS)[number]

/** What only the family of a dialect understands, with words in it. */
const NATIVE: { readonly [D in ClientDialect]: (words: string) => JsonObject } = {
  'openai-chat': (transcript) => ({ audio: { id: 'audio_1', data: '', expires_at: 1, transcript } }),
  'anthropic-messages': (query) => ({
    type: 'server_tool_use',
    id: 'srvtoolu_1',
    name: 'web_search',
    input: { query },
  }),
  'openai-responses': (query) => ({
    type: 'web_search_call',
    id: 'ws_1',
    status: 'completed',
    action: { type: 'search', query },
  }),
  gemini: (code) => ({ executableCode: { language: 'PYTHON', code } }),
}

/** What a model answers that is called by the parts in which something is planted; what only its family understands where it is one of them. */
const tells: Tells = (model, dialect) => {
  const planted = new Set(model.split('-'))
  const words = (part: Part): string => (planted.has(part) ? SAID : `Nothing of ${part}.`)
  const family = DIALECTS.find(({ name }) => name === dialect)?.family ?? 'other'
  const args = planted.has('arguments') ? { to: MAIL, pan: 4111111111111111, note: SAID } : { to: 'nobody' }
  return [
    { type: 'reasoning', text: words('reasoning'), form: 'full' },
    { type: 'text', text: words('text') },
    ...(planted.has('native')
      ? [{ type: 'native', family, raw: NATIVE[dialect](words('native')) } as const]
      : []),
    { type: 'tool-call', id: 'call_1', name: 'send', arguments: JSON.stringify(args), form: 'json' },
  ]
}
const EVERYWHERE = 'text-reasoning-arguments'
const TOLD = [...PARTS, EVERYWHERE, PARTS.join('-')]

interface House {
  readonly gateway: RunningGateway
  readonly provider: SimulatedProvider
  readonly telling: TellingProvider
  /** What was asked, behind all guardrails. */
  readonly seen: readonly Exchange[]
}

async function openHouse(phase: GuardPhase): Promise<House> {
  const provider = await openTestProvider(DIALECTS)
  const telling = openTellingProvider(tells)
  const lines = ['providers:']
  for (const { name, codecs } of DIALECTS) {
    const [path = ''] = Object.values(codecs).flatMap(({ endpoints }) =>
      endpoints.map((one) => one.split(' ')[1]),
    )
    const base = `${provider.url}/${path.split('/')[1]}`
    lines.push(`  ${name}: { type: sim, base_url: "${base}", key: env:KEY, dialects: [${name}] }`)
  }
  for (const name of CLIENT_DIALECTS)
    lines.push(
      `  tells-${name}: { type: sim, base_url: "${telling.baseUrl(name)}", key: env:KEY, dialects: [${name}] }`,
    )
  lines.push('guardrails:')
  for (const [name, action] of Object.entries(ACTIONS)) {
    const where = `${action}, phases: [${phase}], routes: ["${name}-*"], budget: 10s`
    lines.push(`  ${name}: { detect: [personal, secrets], ${where} }`)
    lines.push(`  ${name}-terms: { terms: { words: [${TERM}] }, ${where} }`)
  }
  lines.push(
    '  nowhere: { detect: [email], action: restrict, only: { region: mars }, routes: ["nowhere-*"], budget: 10s }',
    'routes:',
  )
  for (const action of [...Object.keys(ACTIONS), 'nowhere', 'free'])
    for (const { name } of DIALECTS)
      for (const model of new Set(Object.values(MODELS)))
        lines.push(`  ${action}-${name}-${model}: [${name}/${model}]`)
  for (const action of STRICT)
    for (const { name } of DIALECTS) lines.push(`  ${action}-${name}-paced: ["${name}/echo?tps=2000"]`)
  for (const action of Object.keys(ACTIONS))
    for (const name of CLIENT_DIALECTS)
      for (const part of TOLD) lines.push(`  ${action}-${name}-${part}: [tells-${name}/${part}]`)
  const seen: Exchange[] = []
  const notice: Layer = (next) => (exchange) => {
    seen.push(exchange)
    return next(exchange)
  }
  const gateway = await openRunningGateway({
    config: lines.join('\n'),
    environment: { KEY: TEST_CREDENTIAL },
    contentLayers: () => [notice],
  })
  return { gateway, provider, telling, seen }
}

async function closeHouse({ gateway, provider, telling }: House): Promise<void> {
  await gateway.close()
  await provider.close()
  await telling.close()
}

interface Cell {
  readonly name: string
  readonly endpoint: ListedEndpoint
  readonly target: string
  readonly mode: Mode
  readonly body: string
  /** Can its answer say that a model refuses? */
  readonly mayRefuse: boolean
}

/** Every endpoint that takes a body, as its own writer says the question, towards every dialect that has the operation. */
const CELLS: readonly Cell[] = TAKING_BODIES.flatMap((endpoint) =>
  MODES.flatMap((mode) => {
    const asked = bodyFor(endpoint, mode)
    if (asked === undefined) return []
    const targets = DIALECTS.filter(({ codecs }) => codecs[endpoint.operation] !== undefined)
    return targets.map(({ name: target }) => ({
      name: `${endpoint.dialect.name} ${endpoint.path} → ${target}, ${mode}`,
      endpoint,
      target,
      mode,
      ...asked,
    }))
  }),
)

/** Undefined where the endpoint does not take the question in that mode. */
function bodyFor(endpoint: ListedEndpoint, mode: Mode): Pick<Cell, 'body' | 'mayRefuse'> | undefined {
  const question = QUESTIONS[endpoint.operation]
  if (question === undefined) return undefined
  const isStream = mode === 'stream'
  const asked = question.operation === 'chat' ? sampleChat(isStream) : question
  const written = endpoint.codec.encodeRequest(asked, { ...TARGET, model: 'MODEL' }).body
  if (typeof written !== 'string') return undefined
  try {
    const { request } = understand(endpoint, written.replaceAll('MODEL', 'm'))
    const mayRefuse = request.operation === 'chat' && (isStream || request.answerShape === undefined)
    return request.stream === isStream ? { body: written, mayRefuse } : undefined
  } catch {
    return undefined
  }
}

async function send({ gateway }: House, cell: Cell, action: string): Promise<Response> {
  const { endpoint, target } = cell
  const model = `${action}-${target}-${MODELS[endpoint.operation]}`
  const query = cell.mode === 'stream' && endpoint.path.includes('{+model}') ? '?alt=sse' : ''
  return await fetch(gateway.url + endpoint.path.replace('{+model}', model) + query, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}` },
    body: cell.body.replaceAll('MODEL', model),
  })
}

/** All that the provider was sent since there were so many requests. */
function sentSince({ provider }: House, count: number): string {
  return provider.requests
    .all()
    .slice(count)
    .map(({ path, body }) => path + new TextDecoder().decode(body))
    .join('\n')
}

/** The texts of an answer as a client puts them together: what stands at one place of several frames is one text. */
function putTogether(wire: string): string {
  const texts = new Map<string, string>()
  const hear = (path: string, value: unknown): void => {
    if (typeof value === 'string') texts.set(path, (texts.get(path) ?? '') + value)
    if (typeof value !== 'object' || value === null) return
    for (const [name, member] of Object.entries(value)) hear(`${path}.${name}`, member)
  }
  for (const line of wire.split('\n')) hear('', parseJsonObject(line.replace(/^data:/, '')))
  return [...texts.values()].join('\n')
}

function plantedIn(text: string): readonly string[] {
  return [...PLANTED, CARD.replaceAll(' ', '')].filter((word) => text.includes(word))
}

test('every dialect and every operation that says something is among the cells', () => {
  const of = new Set(CELLS.map(({ endpoint: { dialect, operation } }) => `${dialect.name} ${operation}`))
  const all = DIALECTS.flatMap(({ name, codecs }) =>
    Object.keys(codecs).flatMap((operation) =>
      QUESTIONS[operation as Operation] === undefined ? [] : [`${name} ${operation}`],
    ),
  )
  expect([...of].toSorted()).toEqual(all.toSorted())
})

describe('what is asked', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse('input')
  })
  afterAll(() => closeHouse(house))

  describe.each([...STRICT, 'nowhere'])('%s', (action) => {
    test.each([...CELLS])('reaches no provider with what is not to leave: $name', async (cell) => {
      const before = house.provider.requests.all().length
      const response = await send(house, cell, action)
      const text = await response.text()
      const sent = sentSince(house, before)
      expect(plantedIn(sent)).toEqual([])
      if (action === 'mask') {
        expect([response.status, text]).toEqual([200, expect.anything()])
        expect(response.headers.get('x-gatehouse-guardrails')).toMatch(
          /^mask=masked\(\d+\);mask-terms=(masked\(\d+\)|passed)$/,
        )
        if (sent !== '') expect(sent).toContain('<EMAIL_')
        return
      }
      expect(sent).toBe('')
      const isRefusal = action === 'refuse' && cell.mayRefuse
      expect(response.status).toBe(isRefusal ? 200 : action === 'nowhere' ? 403 : 400)
      if (isRefusal) expect(text).toContain('Not in this house.')
    })
  })

  test.each(['openai-chat', 'openai-responses'])(
    'is looked at whole where it goes on from a stored answer: %s',
    async (target) => {
      const say = async (action: string, body: object): Promise<{ readonly id?: string }> => {
        const response = await fetch(`${house.gateway.url}/v1/responses`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${house.gateway.key}` },
          body: JSON.stringify({ model: `${action}-${target}-echo`, ...body }),
        })
        expect(response.status).toBe(200)
        return (await response.json()) as { readonly id?: string }
      }
      const { id } = await say('free', { input: `I am ${MAIL}` })
      const before = house.provider.requests.all().length
      await say('mask', { input: 'Who am I?', previous_response_id: id })
      const sent = sentSince(house, before)
      expect(plantedIn(sent)).toEqual([])
      expect(sent).toMatch(/I am <EMAIL_[0-9A-Z]{4}>/)
    },
  )

  describe.each(['flag', 'shadow'])('%s', (action) => {
    test.each(CELLS.filter(({ endpoint, target }) => endpoint.dialect.name === target))(
      'passes as it is: $name',
      async (cell) => {
        const before = house.provider.requests.all().length
        const response = await send(house, cell, action)
        await response.text()
        expect(response.status).toBe(200)
        const free = house.provider.requests.all().length
        await (await send(house, cell, 'free')).text()
        const sent = house.provider.requests.all().slice(before, free)
        expect(sent.map(({ body }) => new TextDecoder().decode(body))).toEqual(
          house.provider.requests
            .all()
            .slice(free)
            .map(({ body }) => new TextDecoder().decode(body)),
        )
      },
    )
  })
})

describe('what is answered', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse('output')
  })
  afterAll(() => closeHouse(house))

  const cells = CLIENT_DIALECTS.flatMap((dialect, at) =>
    CLIENT_DIALECTS.flatMap((target, to) =>
      MODES.map((mode, way) => ({
        name: `${dialect} → ${target}, ${mode}`,
        dialect,
        target,
        mode,
        // What only one family understands is told to no other.
        everywhere: dialect === target ? PARTS.join('-') : EVERYWHERE,
        part: PARTS[(at + to + way) % (dialect === target ? 4 : 3)] ?? 'text',
      })),
    ),
  )
  const askFor = (
    action: Action,
    cell: { readonly dialect: ClientDialect; readonly target: ClientDialect; readonly mode: Mode },
    text: string,
    model = 'echo',
  ): Promise<Answer> =>
    ask(house.gateway.url, {
      dialect: cell.dialect,
      mode: cell.mode,
      model: `${action}-${cell.target}-${model}`,
      key: house.gateway.key,
      text,
      maxTokens: 512,
    })

  describe.each([...STRICT])('%s', (action) => {
    test.each(cells)('reaches no client with what is not to be told: $name', async (cell) => {
      // Masked in all parts of an answer at once; where one is enough to stop it, only one has it.
      const answer = await askFor(action, cell, SAID, action === 'mask' ? cell.everywhere : cell.part)
      const together = putTogether(answer.wire)
      expect(plantedIn(answer.wire + together)).toEqual([])
      if (action === 'mask') {
        expect(answer).toMatchObject({ status: 200, complete: true })
        expect(answer.text).toMatch(MASKED)
        // In the text, the thought, twice in the arguments, and in what only the family understands.
        if (cell.dialect === cell.target)
          expect(together.match(/<EMAIL_\w{4}>/g)?.length).toBeGreaterThanOrEqual(5)
      }
      if (action === 'refuse') expect(answer).toMatchObject({ status: 200, complete: true })
      if (action === 'refuse') expect(answer.wire).toContain('Not in this house.')
      if (action === 'block' && cell.mode === 'unary') expect(answer.status).toBe(400)
      if (action === 'block') expect(answer.ends).toBe(1)
    })

    test.each(cells.filter(({ mode }) => mode === 'stream'))(
      'ends where it comes to it, when something was said before: $name',
      async (cell) => {
        const told = 'The weather is fine today, and so are you. '.repeat(30)
        const answer = await askFor(action, cell, told + SAID, 'paced')
        expect(plantedIn(answer.wire)).toEqual([])
        expect(answer.ends).toBe(1)
        // What was said before has reached the client, unless it came with the rest in one piece.
        if (answer.status === 200) expect(answer.complete).toBe(true)
        else expect([action, answer.status]).toEqual(['block', 400])
      },
    )
  })

  describe.each(['flag', 'shadow'] as const)('%s', (action) => {
    test.each(cells)('is told as it is, and its bytes pass where they may: $name', async (cell) => {
      const answer = await askFor(action, cell, SAID, cell.everywhere)
      expect(answer).toMatchObject({ status: 200, complete: true, text: expect.stringContaining(SAID) })
      const [attempt] = house.seen.at(-1)?.trail.attempts ?? []
      expect(attempt?.lane).toBe(cell.dialect === cell.target ? 'native' : 'translated')
    })
  })
})

describe('whoever runs the gateway', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse('input')
  })
  afterAll(() => closeHouse(house))

  test('sees which guardrails there are, in the order in which they look', async () => {
    const answer = await house.gateway.askAdmin('/api/v1/guardrails')
    expect(await answer.json()).toMatchObject({
      data: [
        { name: 'mask', kind: 'detect', action: 'mask', mode: 'enforce', phases: ['input'], restore: false },
        { name: 'mask-terms', kind: 'terms', action: 'mask' },
        { name: 'block', action: 'block', answer: 'error' },
        { name: 'block-terms' },
        { name: 'refuse', action: 'block', answer: 'refusal' },
        { name: 'refuse-terms' },
        { name: 'flag', action: 'flag', on_error: 'allow' },
        { name: 'flag-terms' },
        { name: 'shadow', action: 'block', mode: 'shadow', routes: ['shadow-*'] },
        { name: 'shadow-terms' },
        { name: 'nowhere', action: 'restrict', only: ['region mars'] },
      ],
    })
  })

  test('tries what they would do with a text', async () => {
    const tryAt = async (body: object) => {
      const answer = await house.gateway.askAdmin('/api/v1/guardrails/test', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return (await answer.json()) as unknown
    }
    expect(await tryAt({ text: `mail ${MAIL}`, route: 'mask-openai-chat-echo' })).toMatchObject({
      verdict: 'masked',
      text: expect.stringMatching(/^mail <EMAIL_\w{4}>$/),
      guardrails: [
        { guardrail: 'mask', found: [{ detector: 'email', start: 5, end: 5 + MAIL.length }] },
        { guardrail: 'mask-terms', found: [] },
      ],
    })
    expect(await tryAt({ text: MAIL, route: 'shadow-openai-chat-echo' })).toMatchObject({
      verdict: 'passed',
      text: MAIL,
      guardrails: [
        { guardrail: 'shadow', shadow: true, verdict: 'blocked' },
        { guardrail: 'shadow-terms', verdict: 'passed' },
      ],
    })
    expect(await tryAt({ text: MAIL, route: 'mask-openai-chat-ecco' })).toMatchObject({
      detail: expect.stringContaining('Did you mean mask-openai-chat-echo'),
    })
  })
})
