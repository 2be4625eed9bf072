import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { listEndpoints } from '../../src/dialects/list-endpoints.ts'
import { MODEL_OPERATIONS, type Operation } from '../../src/exchange/operations/all.ts'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../src/kit/json.ts'
import { openHouse, type House } from './open-house.ts'

/** A refusal that no request may get around. */
interface Refusal {
  readonly name: string
  readonly status: number
  /** The words of the two envelopes. */
  readonly code: string
  readonly key: (operation: Operation) => string | undefined
  readonly model?: string
  readonly body?: JsonObject
  /** The key alone is reason enough: then there never is an exchange, and not everybody gets a line in the log. */
  readonly byKey?: true
  /** It concerns the model that is asked, or what it costs: who asks for what is stored asks none. */
  readonly ofModels?: true
}

const REFUSALS: readonly Refusal[] = [
  { name: 'without a key', status: 401, code: 'invalid_api_key', key: () => undefined, byKey: true },
  { name: 'with a revoked key', status: 401, code: 'invalid_api_key', key: () => 'revoked', byKey: true },
  { name: 'with an expired key', status: 403, code: 'expired_api_key', key: () => 'expired', byKey: true },
  {
    name: 'for a model that the key may not use',
    ofModels: true,
    status: 403,
    code: 'model_not_allowed',
    key: () => 'narrow',
    model: 'second/echo',
  },
  {
    name: 'for a route whose targets the key may not use',
    ofModels: true,
    status: 403,
    code: 'model_not_allowed',
    key: () => 'narrow',
    model: 'elsewhere',
  },
  {
    name: 'at an endpoint that the key may not use',
    status: 403,
    code: 'endpoint_not_allowed',
    key: (operation) => (operation === 'chat' ? 'counter' : 'chatter'),
  },
  {
    name: 'with a wish that the key may not have',
    status: 403,
    code: 'override_not_allowed',
    key: () => 'narrow',
    body: { gatehouse: { no_fallback: true } },
  },
  { name: 'with a spent budget', ofModels: true, status: 402, code: 'budget_exceeded', key: () => 'poor' },
  {
    name: 'with a spent budget of the project',
    ofModels: true,
    status: 402,
    code: 'budget_exceeded',
    key: () => 'member',
  },
  { name: 'over the requests per minute', status: 429, code: 'rate_limit_exceeded', key: () => 'hasty' },
  {
    name: 'for a model without a price where that is not allowed',
    ofModels: true,
    status: 400,
    code: 'unpriced_model',
    key: () => 'narrow',
    model: 'unpriced',
  },
]

/** Where the path names the model, and not the body. */
const MODEL_IN_PATH = '{+model}'

const ENDPOINTS = DIALECTS.flatMap((dialect) =>
  listEndpoints(dialect).flatMap(({ path, operation, method, codec }) =>
    (operation === 'chat' ? modesAt(path) : [false]).map((stream) => ({
      dialect: dialect.name,
      method,
      path,
      operation,
      stream,
      takesNoBody: codec.takesNoBody === true,
    })),
  ),
)

/** What holds at an endpoint. */
function refusalsAt({ operation }: { readonly operation: Operation }): readonly Refusal[] {
  return REFUSALS.filter(({ ofModels }) => ofModels !== true || MODEL_OPERATIONS.includes(operation))
}

/** Both, unless the path says which, or its answers come whole. */
function modesAt(path: string): readonly boolean[] {
  if (path.endsWith('/compact')) return [false]
  return path.includes(MODEL_IN_PATH) ? [path.endsWith(':streamGenerateContent')] : [false, true]
}

let house: House
let revoked: string
/** One request under way, at most one dollar in all: a slot or a hold that is not given back is noticed at once. */
const TIGHT = { concurrent: 1, budget: { usd: 1, per: 'day' } } as const

beforeAll(async () => {
  house = await openHouse({
    config: {
      models: { 'first/echo': { price: { input: 0, output: 0, request: 1 } } },
      routes: {
        elsewhere: ['second/echo'],
        unpriced: { targets: ['first/smart'], unpriced: 'deny' },
      },
      projects: { broke: { budgets: [{ usd: 0, per: 'month' }] } },
    },
    keys: {
      expired: { expires: '2020-01-01', ...TIGHT },
      narrow: { models: ['first/*', 'unpriced'], ...TIGHT },
      counter: { endpoints: ['count-tokens'], ...TIGHT },
      chatter: { endpoints: ['chat'], ...TIGHT },
      poor: { budget: { usd: 0, per: 'day' }, concurrent: 1 },
      member: { project: 'broke', ...TIGHT },
      hasty: { rpm: 1, ...TIGHT },
    },
  })
  revoked = await makeRevokedKey()
})
afterAll(async () => {
  await house.close()
})

async function makeRevokedKey(): Promise<string> {
  const made = await house.gateway.askAdmin('/api/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'gone' }),
  })
  const key = parseJsonObject(await made.text()) ?? {}
  const gone = await house.gateway.askAdmin(`/api/v1/keys/${readString(key, 'id')}`, {
    method: 'DELETE',
  })
  expect(gone.status).toBe(200)
  return readString(key, 'key') ?? ''
}

const CONVERSATION: JsonObject = { max_tokens: 16, messages: [{ role: 'user', content: 'Hello.' }] }

/** The least that a request of each operation says. */
const QUESTIONS: Record<Operation, JsonObject> = {
  chat: CONVERSATION,
  'count-tokens': CONVERSATION,
  embed: { input: 'Hello.' },
  moderate: { input: 'Hello.' },
  recall: {},
  rerank: { query: 'Hello?', documents: ['Hello.'] },
}

/** What is said at an endpoint beside the model and the wish for a stream. */
function questionAt(path: string, operation: Operation): JsonObject {
  if (path.includes(MODEL_IN_PATH)) {
    const content = { parts: [{ text: 'Hello.' }] }
    if (path.endsWith(':embedContent')) return { content }
    return operation === 'embed' ? { requests: [{ content }] } : { contents: [content] }
  }
  if (path === '/v2/embed') return { texts: ['Hello.'], input_type: 'search_query' }
  return path.startsWith('/v1/responses') ? { input: 'Hello.', max_output_tokens: 16 } : QUESTIONS[operation]
}

interface Asked {
  readonly method?: string
  readonly path: string
  /** Options stand in headers then. */
  readonly takesNoBody?: boolean
  readonly operation?: Operation
  readonly stream: boolean
  readonly key: string | undefined
  readonly model?: string | undefined
  readonly body?: JsonObject | undefined
}

function post(asked: Asked): Promise<Response> {
  const { method = 'POST', path, stream, key, model = 'first/echo' } = asked
  const text = key === 'revoked' ? revoked : key === undefined ? undefined : house.key(key)
  const address = path.replace(MODEL_IN_PATH, model)
  return fetch(`${house.url}${address}${path.includes(MODEL_IN_PATH) && stream ? '?alt=sse' : ''}`, {
    method,
    headers: { ...headersOf(asked), ...(text === undefined ? {} : { 'x-api-key': text }) },
    body: asked.takesNoBody === true ? null : JSON.stringify(bodyOf(asked, model)),
  })
}

function bodyOf({ path, operation = 'chat', stream, body }: Asked, model: string): JsonObject {
  const named = path.includes(MODEL_IN_PATH) ? {} : { model, ...(stream ? { stream } : {}) }
  return { ...named, ...questionAt(path, operation), ...body }
}

function headersOf({ takesNoBody, body }: Asked): Readonly<Record<string, string>> {
  if (takesNoBody !== true) return { 'content-type': 'application/json' }
  return body === undefined ? {} : { 'x-gatehouse-no-fallback': 'true' }
}

test('the one request of a minute is served', async () => {
  const response = await post({ path: '/v1/chat/completions', stream: false, key: 'hasty' })
  expect(response.status).toBe(200)
  await response.text()
})

describe.each(ENDPOINTS)('$method $path, stream: $stream', (endpoint) => {
  const { dialect, operation } = endpoint
  test.each(refusalsAt(endpoint).map((refusal) => ({ ...refusal })))(
    'a request $name is refused with $status and goes nowhere',
    async ({ status, code, key, model, body, byKey }) => {
      const callsBefore = house.provider.bill.entries().length
      const response = await post({ ...endpoint, key: key(operation), model, body })
      const envelope = parseJsonObject(await response.text()) ?? {}
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toStartWith('application/json')
      const error = readObject(envelope, 'error') ?? envelope
      expect(readString(error, 'message')).toBeString()
      if (dialect === 'gemini') {
        expect(error).toMatchObject({ code: status, status: expect.stringMatching(/^[A-Z_]+$/) })
        expect(JSON.stringify(error['details'])).toContain('google.rpc.ErrorInfo')
      } else if (dialect !== 'anthropic-messages') {
        expect(Object.keys(error)).toEqual(expect.arrayContaining(['message', 'type', 'param', 'code']))
        expect(error['code']).toBe(code)
      } else {
        expect(envelope['type']).toBe('error')
        expect(readString(error, 'type')).toMatch(/_error$/)
      }
      expect(readString(error, 'origin') ?? readString(envelope, 'origin')).toBe('client')
      const id = response.headers.get('x-request-id') ?? ''
      expect(readString(error, 'request_id') ?? readString(envelope, 'request_id')).toBe(id)
      expect(response.headers.get('x-should-retry')).toBe(String(status === 429))
      expect(house.provider.bill.entries()).toHaveLength(callsBefore)
      if (byKey !== true)
        expect(await house.rowOf(id)).toMatchObject({ status, attempts: '', inputTokens: 0 })
    },
  )
})

test('afterwards every key that has a dollar still has all of it, and its one slot', async () => {
  for (const key of ['narrow', 'chatter']) {
    const response = await post({ path: '/v1/messages', stream: true, key })
    expect(await response.text()).toContain('message_stop')
    const second = await post({ path: '/v1/messages', stream: true, key })
    expect(second.status).toBe(402)
    await second.text()
  }
  const { ledger, requests } = await house.close()
  expect(ledger.map(({ outcome, costNanoUsd }) => ({ outcome, costNanoUsd }))).toEqual(
    Array.from({ length: 3 }, () => ({ outcome: 'ok', costNanoUsd: 1_000_000_000n })),
  )
  const admitted = requests.filter(({ owners }) => owners.key !== undefined)
  const refused = ENDPOINTS.flatMap(refusalsAt).filter(({ byKey }) => byKey !== true)
  expect(admitted).toHaveLength(refused.length + 1 + 4)
  expect(house.provider.bill.entries()).toHaveLength(3)
})
