import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  isArray,
  parseJsonObject,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { ask, send } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

const ASKED = { model: 'first/echo', mode: 'unary', text: 'Hello.', maxTokens: 16 } as const
const pathOf = (dialect: ClientDialect): string => WIRES[dialect].path(ASKED)
const goodOf = (dialect: ClientDialect): string => JSON.stringify(WIRES[dialect].body(ASKED))
/** In the dialect of those that do not say theirs. */
const GOOD = goodOf('openai-chat')

let house: House
beforeAll(async () => {
  house = await openHouse({
    config: {
      models: { 'first/echo': { price: { input: 0, output: 0, request: 1 } } },
      routes: {
        'support-bot': ['first/echo'],
        'support-box': ['first/echo'],
        'support-bat': ['first/echo'],
        'support-secret': ['second/echo'],
        'support-bow': ['second/echo'],
      },
    },
    keys: {
      narrow: {
        models: ['first/*', 'support-bot', 'support-box', 'support-bat'],
        concurrent: 1,
        budget: { usd: 1, per: 'day' },
      },
    },
  })
})
afterAll(async () => {
  await house.close()
})

interface Sent {
  readonly dialect: ClientDialect
  readonly body: BodyInit
  readonly headers?: Readonly<Record<string, string>>
}

function post({ dialect, body, headers }: Sent): Promise<Response> {
  return fetch(`${house.url}${pathOf(dialect)}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${house.key('narrow')}`,
      'content-type': 'application/json',
      ...headers,
    },
    body,
  })
}

/** Reads a refusal, and checks that it is the dialect's envelope and that nothing was called. */
async function refusal(response: Response, dialect: ClientDialect): Promise<JsonObject> {
  const envelope = parseJsonObject(await response.text()) ?? {}
  const error = readObject(envelope, 'error') ?? {}
  expect(response.headers.get('content-type')).toStartWith('application/json')
  expect(response.headers.get('x-request-id')).toStartWith('req_')
  expect(readString(error, 'message')).toBeString()
  if (dialect === 'anthropic-messages') expect(envelope).toMatchObject({ type: 'error' })
  else expect(error).toHaveProperty('code')
  expect(response.status).toBeLessThan(500)
  expect(house.provider.bill.entries()).toEqual([])
  return { ...error, origin: readString(error, 'origin') ?? readString(envelope, 'origin') ?? '' }
}

const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

interface BadBody {
  readonly name: string
  readonly body: BodyInit
}

const FEW_BYTES = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])

/** Bodies that are refused before anybody is asked who sent them. */
function badBodies(dialect: ClientDialect): readonly BadBody[] {
  const good = goodOf(dialect)
  const open = good.slice(0, -1)
  const members = WIRES[dialect].body(ASKED)
  const [said = ''] = Object.keys(members).filter((name) =>
    JSON.stringify(members[name]).includes(ASKED.text),
  )
  const saying = (value: Json): string => JSON.stringify({ ...members, [said]: value })
  const withMember = (member: string): string => good.replace('{', `{${member},`)
  return [
    { name: 'that is empty', body: '' },
    { name: 'of blanks', body: ' \n ' },
    { name: 'that breaks off', body: open },
    { name: 'with something behind it', body: `${good}{}` },
    { name: 'with a trailing comma', body: `${open},}` },
    { name: 'in single quotes', body: good.replaceAll('"', "'") },
    { name: 'that is a list', body: `[${good}]` },
    { name: 'that is a string', body: '"hello"' },
    { name: 'that is null', body: 'null' },
    { name: 'that is not UTF-8', body: FEW_BYTES },
    { name: 'of zero bytes', body: new Uint8Array(16) },
    { name: 'nested without end', body: `${open},"x":${nested(100_000)}}` },
    { name: 'nested a little too deep', body: `${open},"x":${nested(LIMITS.jsonDepth + 1)}}` },
    { name: 'with a member twice', body: `${open},"${said}":[]}` },
    {
      name: 'with a member twice, once escaped',
      body: `${open},"\\u00${said.charCodeAt(0).toString(16)}${said.slice(1)}":[]}`,
    },
    { name: 'without anything said', body: JSON.stringify({ ...members, [said]: undefined }) },
    { name: 'with something said that is none', body: saying(7) },
    { name: 'with a message that is null', body: saying([null]) },
    { name: 'with a role that there is not', body: good.replace('"user"', '"wizard"') },
    { name: 'with content that is a number', body: good.replace('"Hello."', '5') },
    { name: 'with text for a number', body: good.replace('16', '"many"') },
    { name: 'with a negative maximum', body: good.replace('16', '-1') },
    { name: 'with tools that are none', body: withMember('"tools":[7]') },
    { name: 'with an unknown wish', body: withMember('"gatehouse":{"no_falback":true}') },
    { name: 'with a wish of a wrong type', body: withMember('"gatehouse":{"timeout_ms":"soon"}') },
    { name: 'with options that are none', body: withMember('"gatehouse":true') },
    ...('model' in members ? badModels(members, withMember) : []),
  ]
}

/** Of dialects that name the model in the body, and ask there for a stream. */
function badModels(members: JsonObject, withMember: (member: string) => string): readonly BadBody[] {
  const named = (model: Json | undefined): string => JSON.stringify({ ...members, model })
  return [
    { name: 'without a model', body: named(undefined) },
    { name: 'with a number for a model', body: named(7) },
    { name: 'with an empty model', body: named('') },
    { name: 'with text for a flag', body: withMember('"stream":"yes"') },
  ]
}

describe.each(CLIENT_DIALECTS)('%s', (dialect) => {
  const good = goodOf(dialect)
  const namesModel = pathOf(dialect).includes(encodeURI(ASKED.model))

  test.each([...badBodies(dialect)])('a body $name is refused', async ({ body }) => {
    const response = await post({ dialect, body })
    const error = await refusal(response, dialect)
    expect(response.status).toBe(400)
    expect(error['origin']).toBe('client')
    expect(response.headers.get('x-should-retry')).toBe('false')
  })

  test('an unknown wish is answered with the nearest known one', async () => {
    const response = await post({ dialect, body: good.replace('{', '{"gatehouse":{"no_falback":true},') })
    expect((await refusal(response, dialect))['message']).toContain("'no_fallback'")
    const header = await post({ dialect, body: good, headers: { 'x-gatehouse-timeout-ms': 'soon' } })
    expect(header.status).toBe(400)
    expect((await refusal(header, dialect))['message']).toContain('x-gatehouse-timeout-ms')
  })

  test('a packed body is unpacked, and one in an unknown coding refused with those that are known', async () => {
    const packed = (body: string) => Bun.gzipSync(new TextEncoder().encode(body))
    const wish = packed(good.replace('{', '{"gatehouse":{"no_falback":true},'))
    const read = await post({ dialect, body: wish, headers: { 'content-encoding': 'gzip' } })
    expect((await refusal(read, dialect))['message']).toContain("'no_fallback'")
    const response = await post({ dialect, body: packed(good), headers: { 'content-encoding': 'compress' } })
    expect(response.status).toBe(415)
    expect(response.headers.get('accept-encoding')).toContain('zstd')
    expect((await refusal(response, dialect))['message']).toContain('one of gzip')
  })

  test('an unknown model is answered with three that this key may use', async () => {
    const response = await send(house.url, {
      dialect,
      mode: 'unary',
      model: 'support-bo',
      key: house.key('narrow'),
    })
    expect(response.status).toBe(404)
    const error = await refusal(response, dialect)
    const nearest = isArray(error['nearest']) ? error['nearest'] : []
    expect(nearest.map((name) => (typeof name === 'string' ? name : '')).toSorted()).toEqual([
      'support-bat',
      'support-bot',
      'support-box',
    ])
    expect(error['message']).not.toContain('support-bow')
  })

  test("a provider's key is recognised as one and not repeated", async () => {
    for (const key of ['sk-proj-0123456789abcdef', 'sk-ant-api03-0123456789', 'AIzaSyA0123456789']) {
      const response = await send(house.url, { dialect, mode: 'unary', model: 'first/echo', key })
      expect(response.status).toBe(401)
      const error = await refusal(response, dialect)
      expect(readString(error, 'message') ?? '').toMatch(/provider/i)
      expect(JSON.stringify(error)).not.toContain(key)
    }
  })

  test('a key cut short, a stranger and a wrong secret are told apart from nothing', async () => {
    const right = house.key('narrow')
    const wrong = `${right.slice(0, -1)}${right.endsWith('x') ? 'y' : 'x'}`
    for (const key of [right.slice(0, -3), wrong, 'gh_', 'hello', 'ключ'.replaceAll(/[^\x20-\x7e]/g, '?')]) {
      const response = await send(house.url, { dialect, mode: 'unary', model: 'first/echo', key })
      expect(response.status).toBe(401)
      expect(JSON.stringify(await refusal(response, dialect))).not.toContain(right.slice(24, 60))
    }
  })

  test('a wrong method and an unknown path say what would be right', async () => {
    // Where the path names a model, what can be read there is that model.
    const reading = namesModel ? [] : ['GET']
    for (const method of [...reading, 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await fetch(`${house.url}${pathOf(dialect)}`, { method })
      expect(response.status).toBe(405)
      expect(response.headers.get('allow')).toBe('POST')
      await response.text()
    }
    const wrong = pathOf(dialect).slice(0, -1)
    const response = await fetch(`${house.url}${wrong}`, { method: 'POST', body: good })
    expect(response.status).toBe(404)
    const meant = namesModel ? '/models/{+model}:generateContent' : pathOf(dialect)
    expect((await refusal(response, dialect))['message']).toContain(meant)
  })

  test('names that would break out of headers or logs are answered like any other unknown name', async () => {
    const names = [
      'first/echo\r\nx-injected: yes',
      'echo\u0000',
      '\u202Eecho',
      'é'.repeat(300),
      '../../etc/passwd',
      'first/',
      '/echo',
      '__proto__',
      'constructor',
      'first/__proto__\n',
      'toString',
      // A path of that length is refused by whoever reads heads.
      'x'.repeat(namesModel ? 1_000 : 100_000),
    ]
    for (const model of names) {
      const response = await send(house.url, { dialect, mode: 'unary', model, key: house.key('narrow') })
      // In a path some of them are other paths.
      expect([400, 403, 404, ...(namesModel ? [405] : [])]).toContain(response.status)
      expect(response.headers.has('x-injected')).toBe(false)
      const error = await refusal(response, dialect)
      expect((readString(error, 'message') ?? '').length).toBeLessThan(namesModel ? 900 : 600)
    }
  })
})

test('unknown paths far from any other are answered with those that there are', async () => {
  for (const path of ['/', '/v1', '/wp-login.php', '/%00', '/v1/%E0%A4%A', '//', `/${'a'.repeat(5_000)}`]) {
    const response = await fetch(`${house.url}${path}`, { method: 'POST', body: GOOD })
    expect(response.status).toBe(404)
    await response.text()
  }
  for (const path of ['/v1/models/%E0%A4%A', '/v1/models/%00', '/v1/models/../x']) {
    const response = await fetch(`${house.url}${path}`, { headers: { 'x-api-key': house.key('narrow') } })
    expect([400, 404]).toContain(response.status)
    await response.text()
  }
})

test('a path that several dialects share refuses in the dialect whose headers the client sends', async () => {
  const headers = { 'anthropic-version': '2023-06-01', authorization: `Bearer ${house.key('narrow')}` }
  for (const path of ['/v1/models/support-bog', '/v1/nothing']) {
    const response = await fetch(`${house.url}${path}`, { headers })
    expect(response.status).toBe(404)
    await refusal(response, 'anthropic-messages')
  }
  const unknown = await fetch(`${house.url}/v1/models`, {
    headers: { ...headers, authorization: 'Bearer x' },
  })
  expect(unknown.status).toBe(401)
  await refusal(unknown, 'anthropic-messages')
})

test('the list of models can only be read, and is among the paths that may be meant', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const response = await fetch(`${house.url}/v1/models`, { method })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    await refusal(response, 'openai-chat')
  }
  const near = await fetch(`${house.url}/v1/modls`)
  expect(readString(await refusal(near, 'openai-chat'), 'message')).toContain('Did you mean /v1/models?')
  const list = await fetch(`${house.url}/v1/models?limit=2`, {
    headers: { 'x-api-key': house.key('narrow') },
  })
  expect(list.headers.get('x-request-id')).toStartWith('req_')
  expect(await list.json()).toMatchObject({ has_more: true })
})

test('options of the gateway with names from JavaScript are options that it does not have', async () => {
  for (const name of ['constructor', '__proto__', 'toString']) {
    const body = `${GOOD.slice(0, -1)},"gatehouse":{"${name}":true}}`
    const response = await post({ dialect: 'openai-chat', body })
    expect(response.status).toBe(400)
    expect(readString(await refusal(response, 'openai-chat'), 'param')).toBe(`gatehouse.${name}`)
  }
})

test('an oversized body is refused, whether or not it says its size', async () => {
  const filler = new TextEncoder().encode(' '.repeat(1024 * 1024))
  const response = await post({
    dialect: 'openai-chat',
    body: new Uint8Array(LIMITS.requestBodyBytes + 1).fill(32),
  })
  expect(response.status).toBe(413)
  expect(await refusal(response, 'openai-chat')).toMatchObject({ origin: 'client' })
  let sent = 0
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += filler.length
      controller.enqueue(filler)
      if (sent > LIMITS.requestBodyBytes + filler.length) controller.close()
    },
  })
  const status = await post({ dialect: 'anthropic-messages', body: stream }).then(
    (streamed) => streamed.status,
    () => 413,
  )
  expect(status).toBe(413)
})

test('a client that leaves in the middle of its body is no defect', async () => {
  const { hostname, port } = new URL(house.url)
  const socket = connect(Number(port), hostname)
  socket.write(`POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n${GOOD.slice(0, 20)}`)
  // The next answer proves that the half request has been seen.
  await (await post({ dialect: 'openai-chat', body: '{' })).text()
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
    socket.resetAndDestroy()
  })
  await (await post({ dialect: 'openai-chat', body: '{' })).text()
})

test('requests that are not HTTP get no further', async () => {
  const answers = await Promise.all(
    [
      'GET / HTP/1.1\r\n\r\n',
      'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\nhello',
      '\0\0\0\0\r\n\r\n',
    ].map(
      (text) =>
        new Promise<string>((resolve) => {
          const socket = connect(Number(new URL(house.url).port), '127.0.0.1')
          let received = ''
          socket.on('data', (bytes) => (received += bytes.toString()))
          socket.on('close', () => resolve(received))
          socket.on('error', () => resolve(received))
          socket.end(text)
        }),
    ),
  )
  for (const answer of answers) expect(answer).not.toContain('200 OK')
})

test('what looks dangerous inside a good request does no harm', async () => {
  const texts = [
    '\uD800',
    '\uDC00 lone',
    '{"__proto__":{"polluted":true}}',
    '\u0000\u0001',
    'data: [DONE]\n\n',
    '🚀'.repeat(2_000),
  ]
  for (const dialect of CLIENT_DIALECTS) {
    for (const text of texts) {
      const answer = await ask(house.url, {
        dialect,
        mode: 'stream',
        model: 'first/echo',
        key: house.key(),
        text,
      })
      expect(answer).toMatchObject({ status: 200, complete: true })
      expect(answer.text.toWellFormed()).toBe(text.toWellFormed())
    }
    const polluted = await fetch(`${house.url}${pathOf(dialect)}`, {
      method: 'POST',
      headers: { 'x-api-key': house.key() },
      body: goodOf(dialect).replace(
        '{',
        '{"__proto__":{"model":"second/echo","polluted":1},"constructor":{"x":1},',
      ),
    })
    expect([200, 400]).toContain(polluted.status)
    await polluted.text()
  }
  expect({}).not.toHaveProperty('polluted')
})

test('afterwards the key still has its slot and all of its dollar, and nothing was a defect', async () => {
  const answer = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'first/echo',
    key: house.key('narrow'),
  })
  expect(answer).toMatchObject({ status: 200, complete: true })
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  expect(house.gateway.log.filter((line) => line.includes('error'))).toEqual([])
  expect(metrics.split('\n').filter((line) => line.includes('internal'))).toEqual([])
  expect(metrics.split('\n')).toContain('gatehouse_requests_in_flight 0')
})
