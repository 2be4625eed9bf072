import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

/*
 * Who asks what is nearly what was asked before gets that answer once it is shown that this is right: never where a number differs, never
 * where somebody else asked, and no more when audits find it wrong.
 */

/** What the model says to everything. */
let truth = 'Ten euros.'
let scripted: ScriptedProvider
let house: House

const open = (): Promise<House> =>
  openHouse({
    config: {
      routes: {
        faq: {
          targets: ['scripted/any'],
          cache: {
            semantic: { embeddings: 'first/embed', epsilon: '20%', min_similarity: 0.5, wait: '20s' },
          },
        },
        judged: {
          targets: ['scripted/any'],
          cache: {
            semantic: { embeddings: 'first/embed', min_similarity: 0.5, wait: '20s', judge: 'first/judge' },
          },
        },
        late: {
          targets: ['scripted/any'],
          cache: { semantic: { embeddings: 'first/embed?error=503', wait: '20s' } },
        },
      },
      projects: { red: {}, blue: {} },
    },
    providers: () => ({ scripted: providerEntry(scripted.url) }),
    keys: { one: { project: 'red' }, two: { project: 'red' }, other: { project: 'blue' } },
  })

beforeAll(async () => {
  scripted = openScriptedProvider(() =>
    Response.json({
      id: 'one',
      object: 'chat.completion',
      created: 1,
      model: 'any',
      choices: [{ index: 0, message: { role: 'assistant', content: truth }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
    }),
  )
  house = await open()
})
afterAll(async () => {
  await house.close()
  await scripted.close()
})

interface Asked {
  readonly model?: string
  readonly key?: string
  readonly dialect?: ClientDialect
  readonly mode?: Mode
}

function put(text: string, asked: Asked = {}): Promise<Answer> {
  const { model = 'faq', key = 'one', dialect = 'openai-chat', mode = 'unary' } = asked
  const extra: JsonObject =
    dialect === 'gemini' ? { generationConfig: { temperature: 0, maxOutputTokens: 64 } } : { temperature: 0 }
  return ask(house.url, { dialect, mode, model, key: house.key(key), text, extra })
}

const cacheOf = ({ headers }: Answer): string => headers.get('x-gatehouse-cache') ?? ''

async function stepOf({ headers }: Answer): Promise<string> {
  const row = await house.rowOf(headers.get('x-request-id') ?? '')
  const steps = readObjects(readDecision(row.decision ?? '') ?? {}, 'steps')
  const step = steps.find((one) => one['step'] === 'similar') ?? {}
  return `${readString(step, 'outcome')} ${readString(step, 'reason') ?? ''}`.trim()
}

const LETTERS = 'ABCDEFGHIJKLMNOPRSTUVWZ'
const PLACES = Array.from(LETTERS).flatMap((letter) => [`${letter}adrid`, `${letter}ienna`, `${letter}avana`])

const metricsText = async (): Promise<string> => (await house.gateway.askAdmin('/metrics')).text()

/** Waits until something was held against what the model says, with this result. */
async function audited(route: string, of: string, result: string): Promise<void> {
  const line = `gatehouse_semantic_audits_total{route="${route}",of="${of}",result="${result}"}`
  for (let look = 0; look < 200; look += 1) {
    if ((await metricsText()).includes(line)) return
    await Bun.sleep(10)
  }
  throw new Error(`there is no ${line}`)
}

/** Asks twice for the price of a ticket to one place after the other, until enough was learned; gives how often the model was asked for that. */
async function earn(): Promise<number> {
  let explored = 0
  for (const place of PLACES) {
    if (place === 'Madrid') continue
    await put(`How much is the ticket to ${place}?`)
    const answer = await put(`What is the price of the ticket to ${place}?`)
    if (cacheOf(answer).startsWith('semantic')) return explored
    if ((await stepOf(answer)) === 'explored') explored += 1
  }
  throw new Error(`nothing was earned by ${explored} questions`)
}

test('a similar question is answered from what is kept once it is earned, and then tells how near it was', async () => {
  const explored = await earn()
  expect(explored).toBeGreaterThan(20)
  await put('How much is the ticket to Madrid?')
  const calls = scripted.calls.length
  const similar = await put('What is the price of the ticket to Madrid?', { key: 'two' })
  expect(similar).toMatchObject({ status: 200, complete: true, text: 'Ten euros.' })
  expect(cacheOf(similar)).toMatch(/^semantic;sim=0\.\d{3};age=\d+$/)
  expect(similar.headers.get('x-gatehouse-cost-usd')).toBe('0')
  expect(await stepOf(similar)).toBe('served')
  // One of ten is audited, and that is the only other call that there may be.
  expect(scripted.calls.length - calls).toBeLessThanOrEqual(1)
  // What was given is not kept a second time under the other question.
  expect(cacheOf(await put('What is the price of the ticket to Madrid?'))).toMatch(/^semantic/)
})

test.each(CLIENT_DIALECTS.flatMap((dialect) => MODES.map((mode) => ({ dialect, mode }))))(
  'a similar question is answered in $dialect, $mode',
  async ({ dialect, mode }) => {
    const answer = await put('What is the price of the ticket to Madrid?', { dialect, mode })
    expect(answer).toMatchObject({ status: 200, complete: true, text: 'Ten euros.' })
    expect(cacheOf(answer)).toMatch(/^semantic/)
  },
)

test.each([
  [
    'a number',
    'How much is the ticket to Madrid for 2 adults?',
    'How much is the ticket to Madrid for 3 adults?',
    'none numbers',
  ],
  ['a name', 'How much is the ticket to Malaga?', 'How much is the ticket to Malta?', 'none names'],
  ['a negation', 'Are dogs allowed on the train?', 'Are dogs not allowed on the train?', 'none negation'],
  [
    'what is of the day',
    'How much is the ticket today?',
    'How much does the ticket cost today?',
    'never time',
  ],
  ['what is of a person', 'How much is my ticket?', 'What is the price of my ticket?', 'never personal'],
])('%s that differs is another question', async (_what, first, second, step) => {
  await put(first)
  const answer = await put(second)
  expect(cacheOf(answer)).toBe('miss')
  expect(await stepOf(answer)).toBe(step)
})

test('nobody is answered by what another project asked, nor learns by probing that it did', async () => {
  await put('How much is the ticket to Nairobi?')
  const probed = await put('What is the price of the ticket to Nairobi?', { key: 'other' })
  expect(cacheOf(probed)).toBe('miss')
  expect(await stepOf(probed)).toBe('none')
})

test('a judge says whether what is worded otherwise is the same', async () => {
  await put('What is the price of the bus to Graz?', { model: 'judged' })
  truth = 'It is ten euros.'
  expect(await stepOf(await put('How much is the bus to Graz?', { model: 'judged' }))).toBe('explored')
  await audited('judged', 'explore', 'right')
  truth = 'Ask at the counter.'
  expect(await stepOf(await put('How much does the bus to Graz cost?', { model: 'judged' }))).toBe('explored')
  await audited('judged', 'explore', 'wrong')
  truth = 'Ten euros.'
})

test('where no vector can be had the model is asked', async () => {
  const answer = await put('How much is the tram?', { model: 'late' })
  expect(answer.status).toBe(200)
  expect(await stepOf(answer)).toBe('late')
})

test('an audit that finds another answer has the kept one given no more', async () => {
  const text = 'What is the price of the ticket to Madrid?'
  truth = 'Eleven euros.'
  let given = 0
  // One of ten is audited; that none of so many is has a chance of one in ten million.
  for (let time = 0; time < 160; time += 1) {
    const answer = await put(text)
    if (!cacheOf(answer).startsWith('semantic')) break
    expect(answer.text).toBe('Ten euros.')
    given += 1
  }
  expect(given).toBeGreaterThan(0)
  expect(given).toBeLessThan(160)
  expect((await put(text)).text).toBe('Eleven euros.')
  await audited('faq', 'audit', 'wrong')
  const metrics = await metricsText()
  const told = await (await house.gateway.askAdmin('/api/v1/similar-answers')).json()
  expect(told).toMatchObject({
    data: [
      // One wrong answer, and what was learned is not enough any more.
      { id: 'faq', status: 'learning', epsilon: 0.2, wrong: 1 },
      { id: 'judged' },
      { id: 'late' },
    ],
  })
  const forgotten = await house.gateway.askAdmin('/api/v1/similar-answers/faq', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"action":"forget"}',
  })
  expect(await forgotten.json()).toMatchObject({ id: 'faq', audits: 0, low: 0, high: 1 })
  expect(metrics).toMatch(/gatehouse_semantic_false_hit_rate\{.*bound="high".*\} (?:1|0\.\d+)/)
})

test('what was asked for all this stands in the log and the ledger under its purpose', async () => {
  const { requests, ledger } = await house.close()
  for (const purpose of ['embed', 'judge', 'evaluate']) {
    const asked = requests.filter((row) => row.purpose === purpose)
    expect(asked.length).toBeGreaterThan(0)
    const ids = new Set(asked.map(({ id }) => id))
    expect(ledger.some(({ requestId }) => ids.has(requestId))).toBe(true)
    // Vectors are on the caller's account, the rest on nobody's.
    expect(asked.every(({ owners }) => 'project' in owners === (purpose === 'embed'))).toBe(true)
  }
})
