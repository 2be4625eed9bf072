import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { GRAMMARS } from '../grammar/all.ts'
import { CELLS, FEW_CELLS, openHouse, type Cell, type House } from './house.ts'
import type { Talk } from './talk.ts'
import { errorOf } from './shown-error.ts'

/** Failures of an account rest its credential, so each cell has accounts of its own. */
const accountOf = (kind: string, cell: Cell): string => `${cell.target}-${kind}${CELLS.indexOf(cell)}`

let house: House
beforeAll(async () => {
  house = await openHouse([
    ...CELLS.map((cell) => accountOf('busy', cell)),
    ...FEW_CELLS.flatMap((cell) => ['locked', 'spent'].map((kind) => accountOf(kind, cell))),
  ])
})
afterAll(() => house.close())

const QUESTION = 'Why is the sky blue on a clear day?'
/** What marks success on the wire, by client dialect. */
const TERMINATORS = {
  'openai-chat': '[DONE]',
  'anthropic-messages': 'message_stop',
  'openai-responses': 'response.completed',
  gemini: 'finishReason',
} as const

interface HttpCase {
  readonly what: string
  /** True where no language has a part in it. */
  readonly few?: boolean
  /** The provider's account (`chat`, `chat-busy3`) and the model behind it. */
  readonly model: (cell: Cell) => string
  readonly key?: string
  readonly status: (cell: Cell) => number
  readonly message: RegExp
  readonly retryAfter?: string
}

/** How agents of each dialect recognise that the conversation is too long. */
const OVERFLOWS = {
  'openai-chat': /maximum context length/,
  'anthropic-messages': /prompt is too long/,
  'openai-responses': /maximum context length/,
  gemini: /exceeds the maximum number of tokens/,
} as const

const overloaded = ({ client, native }: Cell): number =>
  native || client.dialect !== 'anthropic-messages' ? 503 : 529

const HTTP_CASES: readonly HttpCase[] = [
  {
    what: 'a request that the provider finds wrong, in its words',
    model: ({ target }) => `${target}/fault?kind=status-400`,
    status: () => 400,
    message: /The request could not be understood\./,
  },
  {
    what: 'a key that is none',
    few: true,
    model: ({ target }) => `${target}/echo`,
    key: 'sk-not-a-key-of-ours',
    status: () => 401,
    message: /key/i,
  },
  {
    what: 'a provider that is not there',
    few: true,
    model: () => 'nowhere/echo',
    status: () => 404,
    message: /no model or route|nowhere/,
  },
  {
    what: 'a model that the provider does not know',
    few: true,
    model: ({ target }) => `${target}/unheard-of`,
    status: () => 404,
    message: /unheard-of/,
  },
  {
    what: 'a rate limit, with the wait',
    model: (cell) => `${accountOf('busy', cell)}/fault?kind=status-429&retry-after=30`,
    status: () => 429,
    message: /rate limit/i,
    retryAfter: '30',
  },
  {
    what: 'an overload',
    few: true,
    model: (cell) => `${cell.target}/fault?kind=status-503&id=${CELLS.indexOf(cell)}`,
    status: overloaded,
    message: /overloaded/i,
  },
  {
    what: 'a credential of ours that the provider refuses, without its words',
    few: true,
    model: (cell) => `${accountOf('locked', cell)}/fault?kind=status-401`,
    status: () => 502,
    message: /The provider refused the gateway's credential\./,
  },
  {
    what: 'a page of HTML instead of an answer',
    few: true,
    model: (cell) => `${cell.target}/fault?kind=html-200&id=${CELLS.indexOf(cell)}`,
    status: () => 502,
    message: /a web page instead of an answer/,
  },
  {
    what: 'a connection that is reset before the head',
    few: true,
    model: (cell) => `${cell.target}/fault?kind=reset-before-head&id=${CELLS.indexOf(cell)}`,
    status: () => 502,
    message: /closed the connection/,
  },
]

const open = ({ client, mode }: Cell, model: string, key = house.key): Talk =>
  client.open({ url: house.url, key }, { model, mode })

describe.each([...CELLS])('errors: $name', (cell) => {
  const { client, target } = cell
  const isOneOfFew = FEW_CELLS.includes(cell)

  test.each(HTTP_CASES.filter(({ few }) => isOneOfFew || few !== true))(
    '$what',
    async ({ model, key, status, message, retryAfter }) => {
      const talk = open(cell, model(cell), key)
      const error = await errorOf(talk.say(QUESTION))
      expect(error).toMatchObject({ status: status(cell), message: expect.stringMatching(message) })
      const { headers, requestId } = talk.wire()
      expect(headers.get('retry-after')).toBe(retryAfter ?? null)
      expect(headers.get('content-type')).toContain('application/json')
      expect(headers.get('x-should-retry')).toMatch(/^(?:true|false)$/)
      expect(requestId).toStartWith('req_')
    },
  )

  test('a conversation that is too long is told in the words of the client’s own dialect', async () => {
    const { message } = await errorOf(open(cell, `${target}/echo?context=3`).say(QUESTION))
    expect(message).toMatch(OVERFLOWS[client.dialect])
  })
})

test.each([...FEW_CELLS])(
  'an error before the first word of a stream is an error of the request: $name',
  async (cell) => {
    const talk = open(cell, `${cell.target}/fault?kind=error-event-first&id=${CELLS.indexOf(cell)}`)
    const { status } = await errorOf(talk.say(QUESTION))
    expect(status).toBeGreaterThanOrEqual(500)
    expect(talk.wire().headers.get('content-type')).toContain('application/json')
  },
)

test.each([...FEW_CELLS])('a spent quota of ours is not worth a retry: $name', async (cell) => {
  const talk = open(cell, `${accountOf('spent', cell)}/fault?kind=quota-spent`)
  expect(await errorOf(talk.say(QUESTION))).toMatchObject({
    status: 429,
    message: expect.stringMatching(/account at the provider is out of credit or quota/),
  })
  expect(talk.wire().headers.get('x-should-retry')).toBe('false')
})

/** Ways of a provider to fail after it has begun to speak. */
const BREAKS = [
  { kind: 'error-event-mid-stream', few: false, message: /overloaded|server had an error/i },
  { kind: 'truncate-mid-stream', few: false, message: /broke off before the end/ },
  { kind: 'reset-mid-stream', few: true, message: /broke off|closed the connection/ },
] as const

/** Dialects whose events have names. */
const NAMES_EVENTS: ReadonlySet<string> = new Set(['anthropic-messages', 'openai-responses'])

describe.each(CELLS.filter(({ mode }) => mode === 'stream'))('broken streams: $name', (cell) => {
  const { client, target, mode } = cell
  const isOneOfFew = FEW_CELLS.includes(cell)

  test.each(BREAKS.filter(({ few }) => isOneOfFew || !few))(
    '$kind: the SDK throws, and nothing looks like success',
    async ({ kind, message }) => {
      const model = `${target}/fault?kind=${kind}&as=echo&after=3&id=${CELLS.indexOf(cell)}`
      const talk = client.open(house, { model, mode })
      const error = await errorOf(talk.say(QUESTION))
      expect(error.message).toMatch(message)
      const { status, text, requestId } = talk.wire()
      const wire = await text
      expect(status).toBe(200)
      expect(wire).toContain('Why')
      expect(wire).not.toContain(TERMINATORS[client.dialect])
      expect(wire).toContain('"error":')
      if (NAMES_EVENTS.has(client.dialect)) expect(wire).toContain('event: error\n')
      expect(GRAMMARS[client.dialect](wire)).toEqual([])
      const { request, attempts } = await house.row(requestId)
      expect(request['outcome']).not.toBe('ok')
      expect(attempts).toHaveLength(1)
      expect(attempts[0]).toMatchObject({
        outcome: request['outcome'],
        basis: expect.stringMatching(/reported|counted|timed/),
      })
    },
  )
})

/** In the other two languages the word that ends the stream is the one that says that the answer is whole. */
const ENDS_TWICE = CELLS.filter(
  ({ mode, target }) => mode === 'stream' && (target === 'chat' || target === 'messages'),
)

describe.each(ENDS_TWICE)('a missing terminator: $name', (cell) => {
  // A finish reason says that the answer is whole; the terminator behind it is forgotten by some servers and lost with some connections.
  test('is made up for where the answer says that it is whole', async () => {
    const talk = open(cell, `${cell.target}/fault?kind=no-done&as=echo&id=${CELLS.indexOf(cell)}`)
    expect((await talk.say(QUESTION)).text).toBe(QUESTION)
    const end = {
      'openai-chat': 'data: [DONE]\n\n',
      'anthropic-messages': 'data: {"type":"message_stop"}\n\n',
      'openai-responses': '}\n\n',
      gemini: '}\r\n\r\n',
    }
    const wire = await talk.wire().text
    expect(wire).toEndWith(end[cell.client.dialect])
    expect(GRAMMARS[cell.client.dialect](wire)).toEqual([])
  })
})

describe.each(FEW_CELLS.filter(({ mode }) => mode === 'unary'))('broken answers: $name', (cell) => {
  const { client, target, mode } = cell

  test.each(['truncate-mid-stream', 'reset-mid-stream', 'empty-200', 'error-200'])(
    '%s: the SDK throws',
    async (kind) => {
      const model = `${target}/fault?kind=${kind}&as=echo&id=${CELLS.indexOf(cell)}`
      const error = await errorOf(client.open(house, { model, mode }).say(QUESTION))
      expect(error.status).toBeGreaterThanOrEqual(500)
    },
  )
})

/** What no target of the other family can be told, in requests that are fine otherwise. */
const LOSSY = {
  'openai-chat': {
    path: '/v1/chat/completions',
    field: { logit_bias: { '50256': -100 } },
    param: 'logit_bias',
  },
  'anthropic-messages': { path: '/v1/messages', field: { top_k: 5, max_tokens: 50 }, param: 'top_k' },
} as const

describe.each([
  ['openai-chat', 'messages'],
  ['anthropic-messages', 'chat'],
] as const)('a wish that cannot be translated: %s → %s', (dialect, target) => {
  const { path, field, param } = LOSSY[dialect]
  const post = (strict: boolean): Promise<Response> =>
    fetch(house.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.key}`, ...(strict ? { 'x-gatehouse-strict': 'true' } : {}) },
      body: JSON.stringify({
        model: `${target}/echo`,
        messages: [{ role: 'user', content: QUESTION }],
        ...field,
      }),
    })

  test('is told in a header', async () => {
    const response = await post(false)
    expect(response.status).toBe(200)
    expect(response.headers.get('x-gatehouse-notices')).toContain(`param.dropped=${param}`)
    expect(await response.text()).toContain(QUESTION)
  })

  test('is a refusal that names the field when the client is strict', async () => {
    const response = await post(true)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(param)
  })
})
