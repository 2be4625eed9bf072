import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { LIMITS } from '../../src/kit/limits.ts'
import { CLIENT_DIALECTS } from '../modes.ts'
import { connectRaw, head } from '../raw-client.ts'
import { WIRES } from '../wire/all.ts'
import { makeKeyText, openHouse, type House } from './open-house.ts'

const GOOD = '{"model":"first/echo","max_tokens":16,"messages":[{"role":"user","content":"Hello."}]}'
const LARGE = String(LIMITS.requestBodyBytes)

let house: House
beforeAll(async () => {
  house = await openHouse({
    config: { server: { origins: ['https://app.example'] } },
    keys: { expired: { expires: '2020-01-01' }, good: {} },
  })
})
afterAll(async () => {
  await house.close()
})

async function metrics(): Promise<string> {
  return await (await house.gateway.askAdmin('/metrics')).text()
}

async function counted(code: string): Promise<number> {
  const line = new RegExp(`^gatehouse_refused_at_door_total\\{code="${code}"\\} (\\d+)`, 'm')
  return Number(line.exec(await metrics())?.[1] ?? 0)
}

describe.each(CLIENT_DIALECTS)('%s: the key is judged on the head (law 16)', (dialect) => {
  const path = WIRES[dialect].path({ model: 'first/echo', mode: 'unary' })
  test.each([
    { name: 'no key', key: () => undefined, status: 401 },
    { name: 'a stranger’s key', key: makeKeyText, status: 401 },
    { name: 'a damaged key', key: () => house.key('good').slice(0, -1), status: 401 },
    { name: 'an expired key', key: () => house.key('expired'), status: 403 },
  ])('$name is refused before the body comes', async ({ key, status }) => {
    const client = await connectRaw(house.url)
    const text = key()
    const own = text === undefined ? {} : { 'x-api-key': text }
    client.write(head(`POST ${path}`, { 'content-length': LARGE, ...own }))
    const seen = await client.until('request_id')
    expect(seen.text).toStartWith(`HTTP/1.1 ${status} `)
    expect(seen.text).toContain(dialect === 'anthropic-messages' ? '"type":"error"' : '"code":')
  })
})

test('a caller whose body says that it is too large is told so before it is sent', async () => {
  const client = await connectRaw(house.url)
  const tooLong = String(LIMITS.requestBodyBytes + 1)
  client.write(head('POST /v1/messages', { 'content-length': tooLong, 'x-api-key': house.key('good') }))
  expect((await client.until('request_id')).text).toStartWith('HTTP/1.1 413 ')
  client.close()
})

test('who sends a long body before looking at the answer finds it, and a connection that is of use', async () => {
  // A house that has not let anything pass by yet.
  const fresh = await openHouse({ keys: { good: {} } })
  const client = await connectRaw(fresh.url)
  const size = 4 * 1024 * 1024
  client.write(head('POST /v1/messages', { 'content-length': String(size) }))
  await client.until('"type":"error"')
  client.write('x'.repeat(size))
  client.write(
    head('POST /v1/messages', { 'content-length': String(GOOD.length), 'x-api-key': fresh.key('good') }),
  )
  client.write(GOOD)
  const { text, isClosed } = await client.until('HTTP/1.1 200')
  expect({ isClosed, statuses: text.match(/HTTP\/1.1 \d+/g) }).toEqual({
    isClosed: false,
    statuses: ['HTTP/1.1 401', 'HTTP/1.1 200'],
  })
  client.close()
  await fresh.close()
})

test('a body without an end is not let pass by', async () => {
  const client = await connectRaw(house.url)
  client.write(head('POST /v1/messages', { 'transfer-encoding': 'chunked' }))
  expect((await client.until()).text).toMatch(/connection: close/i)
})

test('callers at one address cannot announce more bytes of bodies than it may hold, and give them back by leaving', async () => {
  const most = LIMITS.bodiesBytes / 2 / LIMITS.requestBodyBytes
  const announce = head('POST /v1/messages', { 'content-length': LARGE, 'x-api-key': house.key('good') })
  const clients = await Promise.all(Array.from({ length: most + 1 }, () => connectRaw(house.url)))
  for (const client of clients) client.write(announce)
  const refused = await Promise.race(clients.map((client) => client.until()))
  expect(refused.text).toStartWith('HTTP/1.1 429 ')
  expect(refused.text).toContain('Requests from this address')
  expect(clients.some(({ seen }) => seen === '')).toBe(true)
  for (const client of clients) client.close()
  const heldBytes = async (): Promise<string | undefined> =>
    /^gatehouse_request_bodies_bytes (\d+)/m.exec(await metrics())?.[1]
  while ((await heldBytes()) !== '0') await Bun.sleep(20)
})

test('a stranger with a short body may ask again on the same connection', async () => {
  const client = await connectRaw(house.url)
  client.write(head('POST /v1/messages', { 'content-length': String(GOOD.length) }) + GOOD)
  await client.until('"type":"error"')
  client.write(
    head('POST /v1/messages', { 'content-length': String(GOOD.length), 'x-api-key': house.key('good') }),
  )
  client.write(GOOD)
  expect((await client.until('HTTP/1.1 200')).isClosed).toBe(false)
  client.close()
})

test('strangers are counted one by one, but few of them leave a line', async () => {
  const before = await counted('missing-key')
  const lines: string[] = []
  house.gateway.gatehouse.onRequest(({ id }) => void lines.push(id))
  for (let asked = 0; asked < 100; asked += 1) {
    const response = await fetch(`${house.url}/v1/messages`, { method: 'POST', body: GOOD })
    expect(response.status).toBe(401)
    await response.text()
  }
  expect((await counted('missing-key')) - before).toBe(100)
  expect(lines.length).toBeLessThanOrEqual(LIMITS.refusalRows + 5)
  expect(house.gateway.log.join('\n')).toContain('without a line of their own')
})

describe('web pages', () => {
  const ask = (headers: Readonly<Record<string, string>>, method = 'POST'): Promise<Response> =>
    fetch(`${house.url}/v1/messages`, {
      method,
      headers: { 'x-api-key': house.key('good'), ...headers },
      ...(method === 'POST' ? { body: GOOD } : {}),
    })

  test.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site', origin: 'https://other.example' },
    { origin: 'https://other.example' },
    { origin: 'null' },
  ])('of other origins are refused, and may not read why: %p', async (headers) => {
    const response = await ask({ 'content-type': 'text/plain', ...headers })
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('server.origins')
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
  })

  test.each([
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-mode': 'cors' },
  ])('of our own and programs are served as ever: %p', async (headers) => {
    const response = await ask(headers)
    expect(response.status).toBe(200)
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    await response.text()
  })

  test('of an allowed origin ask first, are served, and may read answers and errors with their headers', async () => {
    const origin = 'https://app.example'
    const preflight = await ask(
      {
        origin,
        'sec-fetch-site': 'cross-site',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization, content-type',
      },
      'OPTIONS',
    )
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, content-type')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
    const stream = GOOD.replace('{', '{"stream":true,')
    for (const [body, status] of [
      [GOOD, 200],
      [stream, 200],
      ['{', 400],
    ] as const) {
      const response = await fetch(`${house.url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': house.key('good'), origin, 'sec-fetch-site': 'cross-site' },
        body,
      })
      expect(response.status).toBe(status)
      expect(response.headers.get('access-control-allow-origin')).toBe(origin)
      expect(response.headers.get('access-control-expose-headers')).toBe('*')
      expect(response.headers.get('vary')).toBe('Origin')
      await response.text()
    }
  })

  test('may not do anything at the admin API, not even with a body that needs no preflight', async () => {
    for (const headers of [
      { origin: 'https://app.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'null' },
    ]) {
      const response = await fetch(`${house.gateway.adminUrl}/api/v1/keys`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain', ...headers },
        body: '{"name":"mine"}',
      })
      expect(response.status).toBe(403)
      await response.text()
    }
    const own = await fetch(`${house.gateway.adminUrl}/livez`, {
      headers: { origin: house.gateway.adminUrl },
    })
    expect(own.status).toBe(200)
    await own.text()
  })
})

describe('a head that is odd', () => {
  const answerTo = async (url: string, text: string): Promise<string> => {
    const client = await connectRaw(url)
    client.write(text)
    const { text: seen } = await client.until('\r\n\r\n')
    client.close()
    return seen
  }
  const ODD = ['a\r\nhost: b', 'x y', 'x/#@y', '[::1', 'a,b']

  test.each(ODD)('with the Host %p is refused at the listener for applications', async (host) => {
    expect(await answerTo(house.url, `GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n\r\n`)).toStartWith(
      'HTTP/1.1 400 ',
    )
  })

  test.each([...ODD, ''])(
    'with the Host %p is refused at the admin API without a line of error',
    async (host) => {
      const seen = await answerTo(house.gateway.adminUrl, `GET /livez HTTP/1.1\r\nhost: ${host}\r\n\r\n`)
      expect(seen).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(house.gateway.log.filter((line) => line.includes('"level":"error"'))).toEqual([])
    },
  )

  test('without a Host, from an old client, is read as it is meant', async () => {
    const own = `x-api-key: ${house.key('good')}\r\n`
    expect(await answerTo(house.url, `GET /v1/models HTTP/1.0\r\n${own}\r\n`)).toStartWith('HTTP/1.1 200 ')
  })

  test('that asks for a WebSocket is told at once that there is none', async () => {
    const upgrade = { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' }
    for (const path of ['/v1/responses', '/v1/chat/completions']) {
      const seen = await answerTo(
        house.url,
        head(`GET ${path}`, { ...upgrade, 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }),
      )
      expect(seen).toStartWith('HTTP/1.1 426 ')
    }
  })
})
