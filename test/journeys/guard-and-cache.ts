import { readDecision } from '../../src/exchange/decision-record.ts'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import type { RunningGateway } from '../running-gateway.ts'
import { ask, type Answer, type Question } from './asking.ts'

/*
 * Six things that happen at a front door, played for the tests that look at what is told of them, and for those that look at the screens.
 */

export const CUSTOMER = 'ana.lopez@example.com'
const IBAN = 'DE89 3704 0044 0532 0130 00'
const STAMPEDE = 40

export const GUARD_AND_CACHE_CONFIG = `
providers:
  sim: {}
  inside: { type: sim, region: eu }
routes:
  support: [sim/echo]
  agent: [sim/tools]
  assistant: [sim/smart, inside/smart]
  faq: { targets: ['sim/slow?ttft=300ms'], cache: true }
guardrails:
  code-names: { terms: { words: [Bluebird] }, action: block, routes: [support], message: That project has no name yet. }
  customers: { detect: [email], action: mask, as: CUSTOMER, routes: [agent] }
  sensitive: { detect: [iban], action: restrict, only: { region: eu }, routes: [assistant] }
`

/** What was asked and answered in each of them; the last answer is the one that is looked at. */
export interface Played {
  readonly blocked: readonly Answer[]
  readonly masked: readonly Answer[]
  readonly insideOnly: readonly Answer[]
  readonly cached: readonly Answer[]
  readonly stampede: readonly Answer[]
  readonly repeated: readonly Answer[]
}

/** Plays all six. */
export async function playGuardAndCache({ url, key }: Pick<RunningGateway, 'url' | 'key'>): Promise<Played> {
  const put = (question: Partial<Question> & Pick<Question, 'model'>): Promise<Answer> =>
    ask(url, { dialect: 'openai-chat', mode: 'unary', key, ...question })
  const blocked = await put({ model: 'support', text: 'When does b-l-u-e-b-i-r-d start, I mean Bluebird?' })
  const masked = await put({ model: 'agent', mode: 'stream', text: `Write to ${CUSTOMER}`, extra: writing() })
  const insideOnly = await put({ model: 'assistant', text: `Is ${IBAN} a good account?` })
  const faq = { model: 'faq', text: 'When do you open?' }
  const first = await put({ ...faq, extra: { temperature: 0 } })
  const cached = await put({
    ...faq,
    dialect: 'anthropic-messages',
    mode: 'stream',
    extra: { temperature: 0 },
  })
  const many = { model: 'faq', text: 'What is it that everybody asks?', extra: { temperature: 0 } }
  const stampede = await Promise.all(Array.from({ length: STAMPEDE }, () => put(many)))
  const once = { model: 'sim/smart', text: 'Order it, once.', headers: { 'idempotency-key': 'order-4711' } }
  const lost = await put(once)
  const again = await put(once)
  const last = stampede.findLast(({ headers }) => headers.get('x-gatehouse-cache') === 'coalesced')
  return {
    blocked: [blocked],
    masked: [masked],
    insideOnly: [insideOnly],
    cached: [first, cached],
    stampede: last === undefined ? stampede : [...stampede, last],
    repeated: [lost, again],
  }
}

/** A tool that can only be called with the customer's own address. */
function writing(): JsonObject {
  const parameters = {
    type: 'object',
    properties: { to: { type: 'string', enum: [CUSTOMER] } },
    required: ['to'],
  }
  return { tools: [{ type: 'function', function: { name: 'write_to', parameters } }] }
}

/** Id of the request of the answer that is looked at. */
export function lastId(answers: readonly Answer[]): string {
  return answers.at(-1)?.headers.get('x-request-id') ?? ''
}

/** What a gateway tells of a request, once it is written: its line, the steps of its decision, and its receipt. */
export interface TellsOf {
  readonly line: JsonObject
  readonly steps: readonly JsonObject[]
  readonly receipt: JsonObject
}

export async function tellOf(gateway: RunningGateway, id: string): Promise<TellsOf> {
  for (;;) {
    const response = await gateway.askAdmin(`/api/v1/requests/${id}?include=receipt`)
    const line = parseJsonObject(await response.text()) ?? {}
    if (response.ok) return { line, steps: stepsOf(line), receipt: readObject(line, 'receipt') ?? {} }
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function stepsOf(line: JsonObject): readonly JsonObject[] {
  const decision = readObject(line, 'decision') ?? readDecision(readString(line, 'decision') ?? '') ?? {}
  return readObjects(decision, 'steps')
}

/** The value of a metric with these labels; 0 where it was never counted. */
export async function metricOf(
  gateway: RunningGateway,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const text = await (await gateway.askAdmin('/metrics')).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`))
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return lines
    .filter((line) => wanted.every((one) => line.includes(one)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0)
}
