import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BillEntry } from '../../src/drills/bill.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import type { LedgerRow } from '../../src/store/store.ts'
import { MODES, type Mode } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House, type Records } from './open-house.ts'

/** Models of the simulated provider whose answers differ in kind. */
const MODELS = [
  'smart',
  'echo',
  'reason',
  'json',
  'stop',
  'refuse',
  'empty',
  'smart?cached=5',
  'long?tokens=300',
  'fault?kind=one-byte-chunks&as=echo',
  'fault?kind=split-utf8',
  'fault?kind=json-instead-of-sse',
  'fault?kind=wrong-content-type',
] as const

/** The lanes: both dialects spoken to the provider, or only one of them. */
const PROVIDERS = {
  both: ['openai-chat', 'anthropic-messages'],
  chat: ['openai-chat'],
  messages: ['anthropic-messages'],
} as const

/** All questions of these two are as many as can be asked at once. */
const CLIENTS = PROVIDERS.both

interface Asked {
  readonly dialect: (typeof CLIENTS)[number]
  readonly mode: Mode
  readonly provider: keyof typeof PROVIDERS
  readonly model: string
  readonly answer: Answer
}

const PRICE = { price: { input: 3, output: 15, cache_read: 0.3 } }

const NAMES = Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[]
/** Every question, whole and then streamed. */
const questions = CLIENTS.flatMap((dialect) =>
  NAMES.flatMap((provider) =>
    MODELS.flatMap((model) => MODES.map((mode) => ({ dialect, provider, model, mode }))),
  ),
)

/** All questions are asked at once, and a busy machine is no silence of the provider. */
const clock = createTickingClock(5)
let house: House
let records: Records
let asked: Asked[]

beforeAll(async () => {
  house = await openHouse({
    clock,
    providers: (url) =>
      Object.fromEntries(NAMES.map((name) => [name, providerEntry(url, { dialects: [...PROVIDERS[name]] })])),
    config: {
      models: Object.fromEntries(NAMES.flatMap((name) => MODELS.map((model) => [`${name}/${model}`, PRICE]))),
    },
  })
  clock.start()
  asked = await Promise.all(
    questions.map(async (question) => {
      const model = `${question.provider}/${question.model}`
      const answer = await ask(house.url, { ...question, model, key: house.key(), maxTokens: 500 })
      return { ...question, answer }
    }),
  )
  records = await house.close()
})
afterAll(async () => {
  await house.close()
  clock.stop()
})

function rowOf({ answer }: Asked): LedgerRow {
  const rows = records.ledger.filter(({ requestId }) => requestId === answer.headers.get('x-request-id'))
  expect(rows).toHaveLength(1)
  return rows[0] as LedgerRow
}

/** What a row says about usage and money. */
function accounted(row: LedgerRow): object {
  const { outcome, basis } = row
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, reasoningTokens } = row.usage
  const { costNanoUsd, priceId, target } = row
  return {
    outcome,
    basis,
    inputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    outputTokens,
    reasoningTokens,
    costNanoUsd,
    priceId,
    target,
  }
}

function billed({ usage }: BillEntry): object {
  return {
    inputTokens: usage?.inputTokens,
    cacheReadTokens: usage?.cacheReadTokens,
    outputTokens: usage?.outputTokens,
    reasoningTokens: usage?.reasoningTokens,
  }
}

/** Input and output as the client was told. */
function told({ answer }: Pick<Asked, 'answer'>): { input: number; output: number } {
  return answer.usage ?? { input: 0, output: 0 }
}

/** Pairs of the same question, whole and streamed. */
function pairs(): { readonly unary: Asked; readonly stream: Asked }[] {
  return asked
    .filter(({ mode }) => mode === 'unary')
    .map((unary) => ({ unary, stream: asked[asked.indexOf(unary) + 1] as Asked }))
}

describe('the same question, whole and streamed', () => {
  test('is answered with the same text, end and usage', () => {
    for (const { unary, stream } of pairs()) {
      const name = `${unary.dialect} ${unary.provider}/${unary.model}`
      expect({ name, complete: unary.answer.complete }).toEqual({ name, complete: true })
      expect({ name, complete: stream.answer.complete }).toEqual({ name, complete: true })
      expect({ name, text: stream.answer.text }).toEqual({ name, text: unary.answer.text })
      expect({ name, finish: stream.answer.finish }).toEqual({ name, finish: unary.answer.finish })
      expect({ name, told: told(stream) }).toEqual({ name, told: told(unary) })
    }
  })

  test('leaves the same row in the ledger', () => {
    for (const { unary, stream } of pairs()) expect(accounted(rowOf(stream))).toEqual(accounted(rowOf(unary)))
  })

  test('is told in the same numbers that the ledger holds', () => {
    for (const question of asked) {
      const row = rowOf(question)
      expect({ ...told(question), model: question.model }).toEqual({
        input: row.usage.inputTokens + row.usage.cacheReadTokens,
        output: row.usage.outputTokens + row.usage.reasoningTokens,
        model: question.model,
      })
    }
  })
})

describe('ledger and bill', () => {
  test('hold the same attempts and the same numbers', () => {
    const entries = house.provider.bill.entries()
    expect(records.ledger).toHaveLength(entries.length)
    for (const entry of entries) {
      const row = records.ledger.find(({ id }) => id === entry.attemptId)
      expect({ ...row?.usage, ...billed(entry) }).toEqual({ ...row?.usage } as object)
      expect(row).toMatchObject({ outcome: 'ok', basis: 'reported', simulated: false })
    }
  })

  test('agree on what it costs, to the nano-dollar', () => {
    for (const row of records.ledger) {
      const pico =
        BigInt(row.usage.inputTokens) * 3_000_000n +
        BigInt(row.usage.cacheReadTokens) * 300_000n +
        BigInt(row.usage.outputTokens + row.usage.reasoningTokens) * 15_000_000n
      expect(row.costNanoUsd).toBe((pico + 999n) / 1_000n)
    }
  })

  test('agree with the request log and with the header of whole answers', () => {
    const rows = new Map(records.requests.map((row) => [row.id, row]))
    for (const question of asked) {
      const row = rowOf(question)
      const line = rows.get(row.requestId)
      expect(line).toMatchObject({
        outcome: 'ok',
        inputTokens: row.usage.inputTokens + row.usage.cacheReadTokens,
        outputTokens: row.usage.outputTokens + row.usage.reasoningTokens,
      })
      expect(line?.costNanoUsd).toBe(row.costNanoUsd as bigint)
      const header = question.answer.headers.get('x-gatehouse-cost-usd')
      if (question.mode === 'unary') expect(Math.round(Number(header) * 1e9)).toBe(Number(row.costNanoUsd))
    }
    expect(records.requests).toHaveLength(asked.length)
  })
})

test('an answer that does not say what it used is estimated, and the client is told the same', async () => {
  const silent = ['fault?kind=no-usage', 'fault?kind=sse-instead-of-json'] as const
  const own = await openHouse({
    providers: (url) => ({
      chat: providerEntry(url, { dialects: ['openai-chat'] }),
      messages: providerEntry(url, { dialects: ['anthropic-messages'] }),
    }),
    config: { models: { 'chat/fault?kind=no-usage': PRICE, 'messages/fault?kind=no-usage': PRICE } },
  })
  const answers = await Promise.all(
    CLIENTS.flatMap((dialect) =>
      MODES.map(async (mode) => {
        const provider = dialect === 'openai-chat' ? 'messages' : 'chat'
        const question = { dialect, mode, model: `${provider}/${silent[0]}`, key: own.key() }
        return { dialect, mode, answer: await ask(own.url, question) }
      }),
    ),
  )
  // A stream that nobody asked for cannot be asked for its usage either.
  const question = {
    dialect: 'openai-chat',
    mode: 'unary',
    model: `chat/${silent[1]}`,
    key: own.key(),
  } as const
  answers.push({ ...question, answer: await ask(own.url, question) })
  const { ledger } = await own.close()
  expect(ledger).toHaveLength(answers.length)
  for (const { answer, ...asking } of answers) {
    const row = ledger.find(({ requestId }) => requestId === answer.headers.get('x-request-id'))
    const actual = own.provider.bill.ofAttempt(row?.id ?? '')[0]?.usage?.outputTokens ?? 0
    expect(row).toMatchObject({ outcome: 'ok', basis: expect.stringMatching(/counted|reported-partial/) })
    expect(row?.usage.outputTokens).toBeWithin(Math.floor(actual * 0.5), Math.ceil(actual * 2) + 1)
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(told({ answer })).toEqual({
      input: row?.usage.inputTokens ?? -1,
      output: row?.usage.outputTokens ?? -1,
    })
    if (asking.mode === 'unary')
      expect(answer.headers.get('x-gatehouse-notices')).toContain('usage.estimated')
  }
})

test('counting tokens costs nothing and asks nobody who would charge', async () => {
  const own = await openHouse({ config: { models: { 'first/smart': PRICE } } })
  const response = await fetch(`${own.url}/v1/messages/count_tokens`, {
    method: 'POST',
    headers: { 'x-api-key': own.key() },
    body: '{"model":"first/smart","messages":[{"role":"user","content":"How many?"}]}',
  })
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({ input_tokens: expect.any(Number) })
  const { ledger } = await own.close()
  for (const row of ledger) expect(row).toMatchObject({ basis: 'none', costNanoUsd: 0n })
})
