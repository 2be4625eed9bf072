import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readString } from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { connectRaw, head } from '../raw-client.ts'
import { openHouse, type House } from './open-house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({
    config: { routes: { 'claude-*': ['first/echo'] } },
    keys: { narrow: { models: ['first/*'] } },
  })
})
afterAll(async () => {
  await house.close()
})

const MESSAGES = '"messages":[{"role":"user","content":"Hello."}]'

interface Asked {
  readonly method?: string
  readonly body?: string
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
}

function ask(path: string, { key = house.key(), headers, ...init }: Asked = {}): Promise<Response> {
  return fetch(`${house.url}${path}`, { ...init, headers: { 'x-api-key': key, ...headers } })
}

async function messageOf(response: Response): Promise<string> {
  const error = readObject(parseJsonObject(await response.text()) ?? {}, 'error') ?? {}
  return readString(error, 'message') ?? ''
}

describe('another API', () => {
  test.each(['/v1beta/models/gemini-2.5-pro:predict', '/v1/interactions', '/v1/files'])(
    'is said not to be spoken, and what is: POST %s',
    async (path) => {
      const response = await ask(path, { method: 'POST', body: '{}' })
      expect(response.status).toBe(404)
      const message = await messageOf(response)
      expect(message).toContain('does not speak')
      expect(message).toContain('/v1/chat/completions, ')
      expect(message).not.toContain('Did you mean')
    },
  )
})

test('a client that looks whether anybody is home finds somebody', async () => {
  for (const path of ['/', '/api/hello'])
    expect((await fetch(`${house.url}${path}`, { method: 'HEAD' })).status).toBe(200)
})

test.each(['', 'key', 'api-key'])(
  'a key in a query is none where the dialect declares no such place: "%s"',
  async (name) => {
    const path = `/v1/chat/completions?${name}=${house.key()}`
    const response = await fetch(`${house.url}${path}`, {
      method: 'POST',
      body: `{"model":"first/echo",${MESSAGES}}`,
    })
    expect(response.status).toBe(401)
    await response.text()
  },
)

describe('a model in the path', () => {
  const post = (path: string, body: string): Promise<Response> => ask(path, { method: 'POST', body })

  test.each(['first%2Fecho', 'claude-one'])(
    'is the model of a body that names none: %s',
    async (deployment) => {
      const response = await post(
        `/openai/deployments/${deployment}/chat/completions?api-version=x`,
        `{${MESSAGES}}`,
      )
      expect(response.status).toBe(200)
      expect(response.headers.get('x-gatehouse-model')).toBe('first/echo')
      await response.text()
    },
  )

  test('is the model of a body that says null', async () => {
    const response = await post(
      '/openai/deployments/first%2Fecho/chat/completions',
      `{"model":null,${MESSAGES}}`,
    )
    expect(response.status).toBe(200)
    expect(response.headers.get('x-gatehouse-model')).toBe('first/echo')
    await response.text()
  })

  test.each(['', 'first/echo', 'second/echo'])(
    'counts alone where services read only the path, whatever the body names: "%s"',
    async (named) => {
      const response = await post(
        '/openai/deployments/first%2Fecho/chat/completions',
        `{"model":"${named}",${MESSAGES}}`,
      )
      expect(response.headers.get('x-gatehouse-model')).toBe('first/echo')
      await response.text()
    },
  )

  test.each([
    [
      '/v1beta/models/first/echo:generateContent',
      '{"model":"models/second/echo","contents":[{"parts":[{"text":"hi"}]}]}',
    ],
    [
      '/v1beta/models/first/echo:countTokens',
      '{"generateContentRequest":{"model":"models/second/echo","contents":[{"parts":[{"text":"hi"}]}]}}',
    ],
    [
      '/v1beta/models/first/embed:batchEmbedContents',
      '{"requests":[{"model":"models/second/echo","content":{"parts":[{"text":"hi"}]}}]}',
    ],
  ])(
    'of Gemini and another one in the body are a contradiction, which is refused by both names: %s',
    async (path, body) => {
      const response = await post(path, body)
      expect(response.status).toBe(400)
      const text = await response.text()
      expect(text).toContain('second/echo')
      expect(text).toContain("'first/e")
    },
  )
})

test.each([
  ['/v1/chat/completions', `{"model":"first/echo",${MESSAGES}}`],
  ['/v1/messages', `{"model":"first/echo","max_tokens":9,${MESSAGES}}`],
])('a request that came through too many gateways goes round, and ends there: %s', async (path, body) => {
  const came = async (hops: string): Promise<number> => {
    const response = await ask(path, { method: 'POST', body, headers: { 'x-gatehouse-hops': hops } })
    await response.text()
    return response.status
  }
  expect(await came(String(LIMITS.gatewayHops))).toBe(200)
  expect(await came('no number')).toBe(200)
  expect(await came(String(LIMITS.gatewayHops + 1))).toBe(508)
})

describe('a name that only a pattern among the routes covers', () => {
  test('is a model like any other', async () => {
    const response = await ask('/v1/models/claude-sonnet-4-6')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ id: 'claude-sonnet-4-6', object: 'model' })
  })

  test('is none for a key that may not use it', async () => {
    const response = await ask('/v1/models/second/other', { key: house.key('narrow') })
    expect(response.status).toBe(404)
    await response.text()
  })
})

test('a body that does not come holds a stop for seconds only, and its client is told', async () => {
  const clock = createTickingClock(50)
  const stopping = await openHouse({ clock })
  const client = await connectRaw(stopping.url)
  client.write(
    head('POST /v1/messages', {
      'x-api-key': stopping.key(),
      'content-length': '100',
      expect: '100-continue',
    }),
  )
  await client.until('100 Continue')
  client.write('{')
  const beganMs = clock.elapsedMs()
  clock.start()
  await stopping.close()
  clock.stop()
  expect(clock.elapsedMs() - beganMs).toBeLessThan(6_000)
  expect((await client.until()).text).toContain(' 503 ')
})

describe('a header of the gateway', () => {
  const say = (header: string) =>
    ask('/v1/chat/completions', {
      method: 'POST',
      body: `{"model":"first/echo",${MESSAGES}}`,
      headers: { [header]: 'true' },
    })

  test.each([
    ['x-gatehouse-no-falback', "'x-gatehouse-no-fallback'"],
    ['X-Gatehouse-Strickt', "'x-gatehouse-strict'"],
    ['x-gatehouse-quantum-entangled', 'x-gatehouse-strict, x-gatehouse-timeout-ms'],
  ])('%s is none, and is refused with the nearest name instead of being ignored', async (header, hint) => {
    const response = await say(header)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { param: header.toLowerCase(), message: expect.stringContaining(hint) },
    })
  })

  test('that answers bear asks for nothing, so that what was answered can be sent back with the next request', async () => {
    const first = await say('x-gatehouse-strict')
    await first.text()
    const own = [...first.headers].filter(([name]) => name.startsWith('x-gatehouse-'))
    expect(own.length).toBeGreaterThan(4)
    const again = await ask('/v1/chat/completions', {
      method: 'POST',
      body: `{"model":"first/echo",${MESSAGES}}`,
      headers: Object.fromEntries(own),
    })
    expect(again.status).toBe(200)
    await again.text()
  })
})
