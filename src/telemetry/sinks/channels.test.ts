import { afterAll, beforeEach, describe, expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { createHttpClient } from '../../kit/http-client.ts'
import { parseJsonObject } from '../../kit/json.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { Secret } from '../../kit/secret.ts'
import { webhookHeaders, webhookKey } from '../../kit/standard-webhook.ts'
import type { RequestRecord } from '../record-fields.ts'
import { createClickHouse, type ClickHouseTerms } from './clickhouse.ts'
import { createObjectStore } from './object-store.ts'
import type { RecordBatch, RecordChannel } from './record-channel.ts'
import { createWebhook } from './webhook.ts'

interface Heard {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: Uint8Array
}

let heard: Heard[] = []
/** What the other side says next; 200 when nothing is left. */
let answers: Response[] = []

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const { method, headers } = request
    heard.push({ method, headers, url: new URL(request.url), body: await request.bytes() })
    return answers.shift() ?? new Response('')
  },
})
afterAll(() => server.stop(true))
beforeEach(() => {
  heard = []
  answers = []
})

const clock = createManualClock()
const carrier = { clock, http: createHttpClient({ clock }) }
const origin = server.url.origin
const AT = Date.UTC(2026, 11, 1, 8, 59, 59)

function record(id: string, more: Partial<RequestRecord> = {}): RequestRecord {
  return { id, at: new Date(AT).toISOString(), cost_usd: '0.000177', attempts: [{ id: 'att_1' }], ...more }
}

function batch(channel: RecordChannel, ...ids: string[]): RecordBatch {
  return { id: ids[0] ?? '', atMs: AT, lines: ids.map((id) => channel.spell(record(id))) }
}

const textOf = ({ body }: Heard): string => new TextDecoder().decode(body)
const [first, last] = [(): Heard | undefined => heard[0], (): Heard | undefined => heard.at(-1)]

describe('a webhook', () => {
  const secret = new Secret(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
  const key = webhookKey(secret) ?? new Uint8Array()
  const open = (format: 'json' | 'jsonl') =>
    createWebhook(carrier, {
      url: `${origin}/hook`,
      format,
      headers: new Map([['authorization', new Secret('Bearer t')]]),
      key,
    })

  test('is signed over what is sent, and again with the time of the next attempt', async () => {
    const channel = open('json')
    answers = [new Response('', { status: 503 })]
    expect(await channel.send(batch(channel, 'req_1', 'req_2'))).toEqual({
      result: 'unavailable',
      why: 'status 503',
    })
    clock.advance(2_000)
    expect(await channel.send(batch(channel, 'req_1', 'req_2'))).toMatchObject({ result: 'delivered' })
    const [one, two] = heard
    if (one === undefined || two === undefined) throw new Error('nothing came')
    for (const { headers, body } of [one, two]) {
      const said = {
        id: headers.get('webhook-id') ?? '',
        atSeconds: Number(headers.get('webhook-timestamp')),
        body: new TextDecoder().decode(body),
      }
      expect(headers.get('webhook-signature')).toBe(webhookHeaders(said, key)['webhook-signature'] ?? '')
      expect(headers.get('authorization')).toBe('Bearer t')
    }
    expect(textOf(two)).toBe(textOf(one))
    expect(two.headers.get('webhook-id')).toBe('msg_req_1')
    expect(Number(two.headers.get('webhook-timestamp'))).toBe(
      Number(one.headers.get('webhook-timestamp')) + 2,
    )
    expect(parseJsonObject(textOf(one))).toMatchObject({
      type: 'gatehouse.requests',
      timestamp: '2026-12-01T08:59:59.000Z',
      data: [{ id: 'req_1', cost_usd: '0.000177' }, { id: 'req_2' }],
    })
  })

  test('may be a record on each line', async () => {
    const channel = open('jsonl')
    await channel.send(batch(channel, 'req_1', 'req_2'))
    const lines = heard.map(textOf).join('').split('\n')
    expect(lines.map((line) => line.slice(0, 13))).toEqual(['{"id":"req_1"', '{"id":"req_2"', ''])
    expect(first()?.headers.get('content-type')).toBe('application/x-ndjson')
  })

  test.each([
    [400, 'refused'],
    [410, 'refused'],
    [301, 'unavailable'],
    [401, 'unavailable'],
    [404, 'unavailable'],
    [429, 'unavailable'],
  ] as const)('that answers %d: %s', async (status, result) => {
    const channel = open('json')
    answers = [new Response('', { status })]
    expect(await channel.send(batch(channel, 'req_1'))).toEqual({ result, why: `status ${status}` })
  })
})

describe('an object store', () => {
  const open = (changes: { prefix?: string } = {}) =>
    createObjectStore(carrier, {
      endpoint: origin,
      region: 'eu-1',
      bucket: 'logs',
      pathStyle: true,
      prefix: 'gate/house=1',
      accessKey: new Secret('access'),
      secretKey: new Secret('secret'),
      ...changes,
    })

  test('gets one packed object for each batch, at a key of its day and hour that a second attempt has too', async () => {
    const channel = open()
    answers = [new Response('', { status: 500 })]
    await channel.send(batch(channel, 'req_1', 'req_2'))
    expect(await channel.send(batch(channel, 'req_1', 'req_2'))).toMatchObject({ result: 'delivered' })
    expect(heard.map(({ method, url }) => `${method} ${decodeURIComponent(url.pathname)}`)).toEqual(
      Array<string>(2).fill('PUT /logs/gate/house=1/dt=2026-12-01/hour=08/req_1-2.jsonl.gz'),
    )
    const lines = gunzipSync(last()?.body ?? new Uint8Array()).toString()
    expect(lines.split('\n').map((line) => parseJsonObject(line)?.['id'])).toEqual([
      'req_1',
      'req_2',
      undefined,
    ])
    expect(last()?.headers.get('authorization')).toStartWith(
      'AWS4-HMAC-SHA256 Credential=access/20260101/eu-1/s3/',
    )
  })

  test.each([
    ['<Error><Code>NoSuchBucket</Code></Error>', 'status 404, NoSuchBucket'],
    ['<html>', 'status 404'],
  ])('that says %s is asked again', async (text, why) => {
    const channel = open({ prefix: '' })
    answers = [new Response(text, { status: 404 })]
    expect(await channel.send(batch(channel, 'req_1'))).toEqual({ result: 'unavailable', why })
    expect(first()?.url.pathname).toStartWith('/logs/dt')
  })
})

describe('ClickHouse', () => {
  const open = (changes: Partial<ClickHouseTerms> = {}) =>
    createClickHouse(carrier, {
      url: origin,
      database: 'house',
      table: 'requests',
      user: new Secret('writer'),
      password: new Secret('pass'),
      create: false,
      ...changes,
    })
  const exception = (status: number, code: number, name: string): Response =>
    new Response(
      `Code: ${code}. DB::Exception: something. (${name}) (version 25.8.2.29 (official build))\n`,
      {
        status,
        headers: { 'x-clickhouse-exception-code': String(code) },
      },
    )

  test('gets rows, whose parts are text and whose money is exact', async () => {
    const channel = open()
    expect(await channel.send(batch(channel, 'req_1', 'req_2'))).toMatchObject({ result: 'delivered' })
    const { url, headers, body } = first() ?? {}
    expect(url?.searchParams.get('query')).toBe('INSERT INTO `house`.`requests` FORMAT JSONEachRow')
    expect(Object.fromEntries(url?.searchParams ?? [])).toMatchObject({
      async_insert: '1',
      wait_for_async_insert: '1',
      date_time_input_format: 'best_effort',
    })
    expect([headers?.get('x-clickhouse-user'), headers?.get('x-clickhouse-key')]).toEqual(['writer', 'pass'])
    const [row = ''] = gunzipSync(body ?? new Uint8Array())
      .toString()
      .split('\n')
    expect(parseJsonObject(row)).toEqual({
      id: 'req_1',
      at: '2026-12-01T08:59:59.000Z',
      cost_usd: '0.000177',
      attempts: '[{"id":"att_1"}]',
    })
  })

  test('has its table made when that is asked for, once, and again when it is gone', async () => {
    const channel = open({ create: true })
    answers = [new Response(''), new Response(''), exception(404, 60, 'UNKNOWN_TABLE')]
    for (const id of ['req_1', 'req_2', 'req_2']) await channel.send(batch(channel, id))
    const asked = heard.map(({ url }) => url.searchParams.get('query')?.split(' ', 1)[0])
    expect(asked).toEqual(['CREATE', 'INSERT', 'INSERT', 'CREATE', 'INSERT'])
    const made = first()?.url.searchParams.get('query') ?? ''
    expect(made).toContain('`cost_usd` Nullable(Decimal(18, 9))')
    expect(made).toContain("`at` DateTime64(3, 'UTC')")
    expect(made).toContain('`tags` Array(String)')
    expect(made).toContain('ENGINE = ReplacingMergeTree')
  })

  test.each([
    [400, 27, 'CANNOT_PARSE_INPUT_ASSERTION_FAILED', 'refused'],
    [403, 516, 'AUTHENTICATION_FAILED', 'unavailable'],
    [404, 60, 'UNKNOWN_TABLE', 'unavailable'],
    [500, 252, 'TOO_MANY_PARTS', 'unavailable'],
    // Where its head was sent before it failed.
    [200, 241, 'MEMORY_LIMIT_EXCEEDED', 'unavailable'],
  ] as const)('that answers %d with code %d (%s): %s', async (status, code, name, result) => {
    const channel = open()
    answers = [exception(status, code, name)]
    expect(await channel.send(batch(channel, 'req_1'))).toEqual({
      result,
      why: `status ${status}, code ${code}, ${name}`,
    })
  })
})
