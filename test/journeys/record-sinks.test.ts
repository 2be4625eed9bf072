import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gunzipSync } from 'node:zlib'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { parseUsd } from '../../src/kit/money.ts'
import { RECORD_FIELD_NAMES, recordFieldFacts } from '../../src/telemetry/record-fields.ts'
import { checkMessage, readSchema } from '../wire/otlp/check-otlp.ts'
import { send } from './asking.ts'
import { openHouse, type House, type Records } from './open-house.ts'

/*
 * Records of requests are delivered to a webhook, an object store, ClickHouse and Langfuse, all played by one server that writes down what
 * it gets: the same record in all of them, its money that of the ledger.
 */

const TEXT = 'A sentence that nobody else may read.'
const KEYS = { PUBLIC: 'pk-lf-1', PRIVATE: 'sk-lf-2', ACCESS: 'access', PASSWORD: 'pass-of-clickhouse' }
const PRICED = { price: { input: 1.5, output: 7.25 } }

interface Heard {
  readonly kind: string
  readonly query: string | null
  readonly headers: Headers
  readonly body: Uint8Array
}

const heard: Heard[] = []
const receiver = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    const url = new URL(request.url)
    const [, kind = ''] = url.pathname.split('/')
    const { headers } = request
    heard.push({ kind, headers, query: url.searchParams.get('query'), body: await request.bytes() })
    return new Response('')
  },
})

let house: House
let kept: Records
const ids: string[] = []

beforeAll(async () => {
  const at = (kind: string): string => `${receiver.url.origin}/${kind}`
  house = await openHouse({
    environment: KEYS,
    config: {
      models: { 'first/smart': PRICED, 'second/smart': PRICED },
      routes: { failing: { targets: ['first/fault?kind=status-500', 'second/smart'] } },
      telemetry: {
        sinks: {
          hook: { webhook: { url: at('hook'), format: 'jsonl' } },
          archive: {
            s3: {
              endpoint: at('s3'),
              bucket: 'logs',
              access_key: 'env:ACCESS',
              secret_key: 'env:PRIVATE',
            },
          },
          warehouse: { clickhouse: { url: at('clickhouse'), password: 'env:PASSWORD', create: true } },
          fuse: { langfuse: { url: at('fuse'), public_key: 'env:PUBLIC', secret_key: 'env:PRIVATE' } },
        },
      },
    },
  })
  for (const [model, mode] of [
    ['first/smart', 'stream'],
    ['failing', 'unary'],
    ['nobody/nothing', 'unary'],
  ] as const) {
    const response = await send(house.url, {
      dialect: 'openai-chat',
      key: house.key(),
      text: TEXT,
      model,
      mode,
      headers: {
        'x-gatehouse-session': 'chat-7',
        'x-gatehouse-tags': 'feature=search',
        // Whoever does not want to be traced is counted all the same.
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00',
      },
    })
    await response.text()
    ids.push(response.headers.get('x-request-id') ?? '')
  }
  kept = await house.close()
})
afterAll(() => receiver.stop(true))

function bodies(kind: string, wanted = ''): Uint8Array[] {
  return heard
    .filter((one) => one.kind === kind && (one.query ?? '').startsWith(wanted))
    .map(({ body }) => body)
}

function records(parts: readonly (Uint8Array | string)[]): JsonObject[] {
  return parts
    .flatMap((part) => Buffer.from(part).toString().split('\n'))
    .map((line) => parseJsonObject(line) ?? {})
    .filter(({ id }) => id !== undefined)
    .toSorted((left, right) => (readString(left, 'id') ?? '').localeCompare(readString(right, 'id') ?? ''))
}

/** A row of ClickHouse with its parts read. */
function unpacked(row: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^[[{]/.test(value) ? JSON.parse(value) : value,
    ]),
  )
}

describe('the record of a request', () => {
  test('is the same in all sinks', () => {
    const posted = records(bodies('hook'))
    expect(posted.map(({ id }) => id)).toEqual(ids.toSorted())
    expect(records(bodies('s3').map((body) => gunzipSync(body)))).toEqual(posted)
    expect(records(bodies('clickhouse', 'INSERT').map((body) => gunzipSync(body))).map(unpacked)).toEqual(
      posted,
    )
    expect(bodies('clickhouse', 'CREATE')).toHaveLength(1)
  })

  test('has the fields of the table, those that are always there in each', () => {
    for (const record of records(bodies('hook'))) {
      const names = Object.keys(record)
      expect(names.filter((name) => !new Set<string>(RECORD_FIELD_NAMES).has(name))).toEqual([])
      const missing = RECORD_FIELD_NAMES.filter(
        (name) => recordFieldFacts(name).always && !names.includes(name),
      )
      expect(missing).toEqual([])
    }
  })

  test('costs what the ledger says, to the last nano-USD, and so do the lines of its receipts', () => {
    for (const record of records(bodies('hook'))) {
      const rows = kept.ledger.filter(({ requestId }) => requestId === record['id'])
      const paid = rows.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)
      expect(parseUsd(readString(record, 'cost_usd') ?? '0')).toBe(paid)
      for (const attempt of readObjects(record, 'attempts')) {
        const pico = readObjects(attempt, 'receipt').reduce(
          (sum, line) => sum + BigInt(readString(line, 'amount_pico_usd') ?? '0'),
          0n,
        )
        expect((pico + 999n) / 1_000n).toBe(parseUsd(readString(attempt, 'cost_usd') ?? '0'))
      }
    }
    expect(kept.ledger.some(({ costNanoUsd = 0n }) => costNanoUsd > 0n)).toBe(true)
  })

  test('tells whom it is counted for, what was tried, and why', () => {
    const failing = records(bodies('hook')).find(({ route }) => route === 'failing')
    expect(failing).toMatchObject({
      v: 1,
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      requested_model: 'failing',
      provider: 'second',
      model: 'smart',
      key_name: 'dev',
      session: 'chat-7',
      tags: ['feature=search'],
      outcome: 'ok',
      decision: { strategy: 'ordered', ranked: ['first/fault?kind=status-500', 'second/smart'] },
    })
    const tried = readObjects(failing ?? {}, 'attempts')
    expect(tried[0]).toMatchObject({ target: 'first/fault?kind=status-500', status: 500 })
    expect(tried.at(-1)).toMatchObject({ target: 'second/smart', outcome: 'ok' })
    const lost = records(bodies('hook')).find(({ outcome }) => outcome === 'model-not-found')
    expect(lost).toMatchObject({ status: 404, attempts: [], cost_usd: '0.000000' })
  })
})

describe('Langfuse', () => {
  test('gets traces of the protocol under the keys of the project', () => {
    const basic = Buffer.from(`${KEYS.PUBLIC}:${KEYS.PRIVATE}`).toString('base64')
    for (const { body, headers } of heard.filter(({ kind }) => kind === 'fuse')) {
      expect(headers.get('authorization')).toBe(`Basic ${basic}`)
      const message = parseJsonObject(Buffer.from(body).toString()) ?? {}
      expect(checkMessage(readSchema(), 'ExportTraceServiceRequest', message)).toEqual([])
    }
  })

  test('finds session, tags, tokens and cost where it looks for them', () => {
    const told = bodies('fuse')
      .flatMap((body) => readObjects(parseJsonObject(Buffer.from(body).toString()) ?? {}, 'resourceSpans'))
      .flatMap((resource) => readObjects(resource, 'scopeSpans'))
      .flatMap((scope) => [...readObjects(scope, 'spans')])
      .map((span) =>
        Object.fromEntries(
          readObjects(span, 'attributes').map((pair) => [
            readString(pair, 'key'),
            Object.values(readObject(pair, 'value') ?? {})[0],
          ]),
        ),
      )
    // The client did not want the others to be traced.
    expect(told.every((span) => span['gatehouse.request.id'] !== ids[0])).toBe(true)
    const answered = told.find((span) => span['gatehouse.attempt.outcome'] === 'ok')
    expect(answered).toMatchObject({
      'langfuse.trace.name': 'failing',
      'langfuse.observation.type': 'generation',
      'langfuse.observation.model.name': 'smart',
      'session.id': 'chat-7',
    })
    const cost = parseJsonObject(String(answered?.['langfuse.observation.cost_details']))
    expect(typeof cost?.['total']).toBe('number')
    const usage = parseJsonObject(String(answered?.['langfuse.observation.usage_details']))
    expect(Number(usage?.['input']) + Number(usage?.['output'])).toBe(Number(usage?.['total']))
  })
})

test('nothing that was said and no secret is in what is delivered', () => {
  const sent = heard
    .map(({ kind, body }) => Buffer.from(kind === 's3' ? gunzipSync(body) : body).toString())
    .concat(bodies('clickhouse', 'INSERT').map((body) => gunzipSync(body).toString()))
    .join('\n')
  for (const secret of [TEXT, house.key(), ...Object.values(KEYS).filter((key) => key !== 'access')])
    expect(sent.includes(secret)).toBe(false)
})
