import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import type { Operation } from '../../src/exchange/operations/all.ts'
import { parseJsonObject, readArray, readObject, readString, type JsonObject } from '../../src/kit/json.ts'
import { GRAMMARS } from '../grammar/all.ts'
import { openHouse, providerEntry, type House } from '../journeys/open-house.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { validBodies } from './canonical-samples.ts'
import { damageJson, jsonDamages, pick } from './damaged-json.ts'
import { ENDPOINTS } from './every-codec.ts'

/*
 * The same through a whole house: what clients get wrong is told to them in their dialect, and costs nothing.
 */

const FREE = { price: { input: 0, output: 0 } }
/** Simulated models that serve an operation. */
const MODELS: { readonly [O in Operation]: string } = {
  chat: 'echo',
  'count-tokens': 'echo',
  embed: 'embed',
  moderate: 'moderate',
  recall: 'echo',
  rerank: 'rerank',
}
const AT_ONCE = 16

let house: House

beforeAll(async () => {
  house = await openHouse({
    config: {
      models: Object.fromEntries(
        Object.values(MODELS).flatMap((model) =>
          ['first', ...CLIENT_DIALECTS].map((provider) => [`${provider}/${model}`, FREE]),
        ),
      ),
    },
    providers: (url) =>
      Object.fromEntries(CLIENT_DIALECTS.map((name) => [name, providerEntry(url, { dialects: [name] })])),
  })
}, PATIENCE_MS)
afterAll(async () => {
  await house.close()
}, PATIENCE_MS)

/** What a client adds to its headers. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  {},
  { 'content-type': 'text/plain' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/json; charset=utf-7' },
  { accept: 'text/html' },
  { accept: 'text/event-stream' },
  { 'anthropic-version': '1999-99-99', 'anthropic-beta': ','.repeat(500) },
  { 'anthropic-beta': 'x'.repeat(5_000) },
  { 'openai-organization': '\u00e9', 'openai-beta': '{}' },
  { 'x-gatehouse-strict': 'maybe' },
  { 'x-gatehouse-strict': 'true' },
  { 'x-gatehouse-timeout-ms': '-1' },
  { 'x-gatehouse-tags': ','.repeat(400) },
  { 'x-gatehouse-no-fallback': '' },
  { 'x-gatehouse-nothing': '1' },
  { traceparent: '00-zz-zz-zz' },
  { traceparent: '00-00000000000000000000000000000000-0000000000000000-00' },
  { 'idempotency-key': ' ' },
  { 'user-agent': '\u00ff'.repeat(2_000) },
  { 'x-stainless-retry-count': 'many' },
  { 'x-request-id': 'x'.repeat(4_000) },
  { 'content-encoding': 'zstd' },
]

const REQUESTS = fc.record({
  which: fc.nat(9_999),
  damages: jsonDamages,
  headers: fc.constantFrom(...HEADERS),
  target: fc.constantFrom(...CLIENT_DIALECTS),
})

/** Refusals in which no provider had a part. */
const refused = new Set<string>()

interface Sent {
  readonly model: string
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** Sends a body to an endpoint and gives what is wrong with the answer, if anything is. */
async function meet(at: ListedEndpoint, { model, text, headers }: Sent): Promise<string | undefined> {
  const path = at.path.replace('{+model}', model).replace('{response_id}', 'resp_x')
  const response = await fetch(house.url + path, {
    method: at.method,
    headers: { 'content-type': 'application/json', ...headers, 'x-gatehouse-key': house.key() },
    ...(at.method === 'GET' ? {} : { body: text }),
  })
  const body = await response.text()
  const told = parseJsonObject(body)
  if (response.status >= 500) return `${response.status}: ${body}`
  if (response.status >= 400) return wrongRefusal(response, told)
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true)
    return GRAMMARS[at.dialect.name as ClientDialect](body)[0]
  return told === undefined && !Array.isArray(JSON.parse(body)) ? `no JSON: ${body}` : undefined
}

function wrongRefusal(response: Response, told: JsonObject | undefined): string | undefined {
  const error = readObject(told ?? {}, 'error') ?? told ?? {}
  if ((readString(error, 'message') ?? '') === '') return `no message: ${JSON.stringify(told)}`
  const origin = readString(error, 'origin') ?? readString(told ?? {}, 'origin')
  const attempts = [...readArray(error, 'attempts'), ...readArray(told ?? {}, 'attempts')]
  if (origin === 'client' && attempts.length === 0) refused.add(response.headers.get('x-request-id') ?? '')
  return undefined
}

/** A model that can be asked at an endpoint: of any provider, where they all serve it. */
function modelFor({ operation, dialect }: ListedEndpoint, target: ClientDialect): string {
  const name = MODELS[operation]
  if (name === 'echo') return `${target}/${name}`
  return `${CLIENT_DIALECTS.find((spoken) => spoken === dialect.name) ?? 'first'}/${name}`
}

/** Does things, some at once. */
async function each<T>(list: readonly T[], act: (one: T, index: number) => Promise<void>): Promise<void> {
  for (let start = 0; start < list.length; start += AT_ONCE)
    await Promise.all(list.slice(start, start + AT_ONCE).map((one, offset) => act(one, start + offset)))
}

test(
  'whatever a client sends, it gets an answer or its own mistake, told in its dialect',
  async () => {
    const complaints = new Complaints()
    const cases = sample(REQUESTS, 12)
    for (const at of ENDPOINTS) {
      const bodies = validBodies(at)
      await each(cases, async ({ which, damages, headers, target }) => {
        const model = modelFor(at, target)
        const text = damageJson(pick(bodies, which) ?? {}, damages).replaceAll('"theirs"', `"${model}"`)
        const wrong = await meet(at, { model, text, headers }).catch(String)
        complaints.add(wrong && `${at.endpoint}: ${wrong}`, `${model} ${JSON.stringify(headers)} ${text}`)
      })
    }
    expect(complaints.all).toEqual([])
    expect(refused.size).toBeGreaterThan(25)
  },
  PATIENCE_MS,
)

test('and what was refused left nothing in the ledger, and nothing was a defect', async () => {
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  expect(metrics).toMatch(/^gatehouse_requests_in_flight 0$/m)
  expect(house.gateway.log.filter((line) => line.includes('internal'))).toEqual([])
  const { ledger } = await house.close()
  expect(ledger.filter(({ requestId }) => refused.has(requestId))).toEqual([])
  expect(ledger).not.toBeEmpty()
})
