import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { spanIdOf } from '../../src/exchange/trace-context.ts'
import { checkMessage, readSchema } from '../wire/otlp/check-otlp.ts'
import { send } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * Traces and metrics are delivered to a collector that writes down what it gets: one tree for each request, streamed or not, in the
 * protocol's own schema, and nothing secret in it.
 */

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
const TEXT = 'A sentence that nobody else may read.'
const TOKEN = 'token-of-the-collector'
const CENT = { price: { input: 0, output: 0, request: 0.01 } }

interface Delivered {
  readonly path: string
  readonly authorization: string | null
  readonly body: JsonObject
}

const delivered: Delivered[] = []
const collector = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    delivered.push({
      path: new URL(request.url).pathname,
      authorization: request.headers.get('authorization'),
      body: parseJsonObject(await request.text()) ?? {},
    })
    return new Response('this is no answer to an export')
  },
})

let house: House
const ids = new Map<string, string>()

beforeAll(async () => {
  house = await openHouse({
    environment: { COLLECTOR: TOKEN },
    config: {
      models: {
        'first/smart': CENT,
        'second/smart': CENT,
        'second/judge': CENT,
        'first/sloppy?how=vague': CENT,
        'first/fault?kind=status-500': CENT,
      },
      routes: {
        failing: { targets: ['first/fault?kind=status-500', 'second/smart'] },
        judged: {
          targets: ['first/sloppy?how=vague', 'first/smart'],
          escalate: { verify: ['empty'], judge: { route: 'judge', at_least: 0.7 } },
        },
        judge: ['second/judge'],
      },
      telemetry: {
        otlp: { url: collector.url.origin, headers: { authorization: 'env:COLLECTOR' } },
        propagate: ['first'],
      },
    },
  })
  for (const mode of ['stream', 'unary'] as const) {
    for (const model of ['first/smart', 'failing', 'judged', 'second/smart'])
      await askIn(`${model} ${mode}`, { model, mode })
    await askIn(`told ${mode}`, {
      model: 'first/smart',
      mode,
      headers: { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'a=b', baggage: 'c=d' },
    })
  }
  await askIn('nobody unary', { model: 'nobody/nothing', mode: 'unary' })
  await house.close()
})
afterAll(async () => {
  await collector.stop(true)
})

interface Asked {
  readonly model: string
  readonly mode: 'stream' | 'unary'
  readonly headers?: Readonly<Record<string, string>>
}

async function askIn(name: string, asked: Asked): Promise<void> {
  const response = await send(house.url, {
    dialect: 'openai-chat',
    key: house.key(),
    text: TEXT,
    ...asked,
  })
  await response.text()
  ids.set(name, response.headers.get('x-request-id') ?? '')
}

function spansOf(name: string): JsonObject[] {
  const all = spans()
  const root = all.find((span) => span['spanId'] === spanIdOf(ids.get(name) ?? ''))
  if (root === undefined) return []
  const under = (parent: JsonObject): JsonObject[] => [
    parent,
    ...all.filter((span) => span['parentSpanId'] === parent['spanId']).flatMap(under),
  ]
  return under(root)
}

function spans(): JsonObject[] {
  return delivered
    .filter(({ path }) => path === '/v1/traces')
    .flatMap(({ body }) => readObjects(body, 'resourceSpans'))
    .flatMap((resource) => readObjects(resource, 'scopeSpans'))
    .flatMap((scope) => [...readObjects(scope, 'spans')])
}

function attributes(span: JsonObject | undefined): Record<string, unknown> {
  const pairs = span === undefined ? [] : readObjects(span, 'attributes')
  return Object.fromEntries(
    pairs.map((pair) => [readString(pair, 'key'), Object.values(readObject(pair, 'value') ?? {})[0]]),
  )
}

describe('the traces', () => {
  test.each([
    ['first/smart', 2],
    ['failing', 3],
    // Two attempts, and the judge with one of its own for the first answer, and maybe for the second.
    ['judged', 5],
  ] as const)('of %s are one tree for each request, streamed or not', (name, least) => {
    const [streamed, unary] = [spansOf(`${name} stream`), spansOf(`${name} unary`)]
    expect(unary.length).toBeGreaterThanOrEqual(least)
    expect(streamed.map(({ name: called, kind }) => [called, kind])).toEqual(
      unary.map(({ name: called, kind }) => [called, kind]),
    )
    for (const tree of [streamed, unary]) expect(new Set(tree.map(({ traceId }) => traceId)).size).toBe(1)
  })

  test('hold every span once, and none without its parent', () => {
    const all = spans()
    const known = new Set(all.map(({ spanId }) => spanId))
    expect(known.size).toBe(all.length)
    const lost = all.filter(
      ({ parentSpanId }) => parentSpanId !== undefined && parentSpanId !== PARENT && !known.has(parentSpanId),
    )
    expect(lost).toEqual([])
  })

  test('join that of the client, whose context providers get that are to be told', () => {
    const [root, attempt] = spansOf('told unary')
    expect(root).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2 })
    expect(attempt).toMatchObject({ traceId: TRACE, parentSpanId: root?.['spanId'], kind: 3 })
    const told = house.provider.requests.all().map(({ headers }) => headers['traceparent'])
    expect(told).toContain(`00-${TRACE}-${readString(attempt ?? {}, 'spanId')}-01`)
    const [, plain] = spansOf('second/smart unary')
    expect(told.some((header) => header?.includes(readString(plain ?? {}, 'spanId') ?? '?'))).toBe(false)
  })

  test('say tokens, cost, the way of the decision and why an attempt failed', () => {
    const [root, failed, ...rest] = spansOf('failing stream')
    expect(attributes(root)).toMatchObject({
      'gatehouse.route': 'failing',
      'gatehouse.request.id': ids.get('failing stream'),
      'gatehouse.outcome': 'ok',
      'http.response.status_code': '200',
    })
    expect(readObjects(root ?? {}, 'events').map(({ name }) => name)).toContain('gatehouse.decision.rank')
    expect(failed).toMatchObject({ status: { code: 2, message: 'provider-error' } })
    expect(attributes(failed)).toMatchObject({
      'error.type': 'provider-error',
      'http.response.status_code': '500',
    })
    const told = attributes(rest.at(-1))
    expect(told).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'second',
      'gen_ai.request.model': 'smart',
    })
    expect(Number(told['gen_ai.usage.output_tokens'])).toBeGreaterThan(0)
    expect(told['gatehouse.cost.state']).toBe('priced')
    expect(told['gatehouse.cost.usd']).toBe(0.01)
  })

  test('have requests that were refused', () => {
    const [root, ...rest] = spansOf('nobody unary')
    expect(root).toMatchObject({ status: { code: 2, message: 'model-not-found' } })
    expect(rest).toEqual([])
  })
})

describe('what is delivered', () => {
  test.each([
    ['/v1/traces', 'ExportTraceServiceRequest'],
    ['/v1/metrics', 'ExportMetricsServiceRequest'],
  ])('at %s is a message of the protocol', (path, message) => {
    const schema = readSchema()
    const bodies = delivered.filter((one) => one.path === path)
    expect(bodies.length).toBeGreaterThan(0)
    for (const { body, authorization } of bodies) {
      expect(authorization).toBe(TOKEN)
      expect(checkMessage(schema, message, body)).toEqual([])
    }
  })

  test('has the metrics of the table', () => {
    const text = JSON.stringify(delivered.filter(({ path }) => path === '/v1/metrics'))
    expect(text).toContain('"gatehouse_requests_total"')
    expect(text).toContain('"gatehouse_request_duration_seconds"')
    expect(text).toContain('"gen_ai.client.operation.duration"')
    expect(text).toContain('"gen_ai.client.token.usage"')
  })

  test('holds neither secrets nor what was said', () => {
    const text = JSON.stringify(delivered.map(({ body }) => body))
    for (const secret of [TOKEN, TEXT, house.key(), house.gateway.gatehouse.adminToken.secret.reveal()])
      expect(text.includes(secret)).toBe(false)
  })

  test('is checked: a field that there is not, and a number that is no text, are noticed', () => {
    const wrong = { resourceSpans: [{ scopeSpans: [{ spans: [{ traceID: 'x', startTimeUnixNano: 5 }] }] }] }
    expect(checkMessage(readSchema(), 'ExportTraceServiceRequest', wrong)).toEqual([
      'Span.traceID: there is no such field',
      'Span.startTimeUnixNano: 5 is no fixed64',
    ])
  })
})
