import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { RequestRow } from '../../src/store/store.ts'
import { MODES } from '../modes.ts'
import { ask, send } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

/*
 * A share of the requests is asked of another model after the client has its answer. The client gets the same bytes whatever becomes of
 * that; it is paid by nobody's budget but its own, and stops where that is spent.
 */

const DOLLAR_NANO_USD = 1_000_000_000n
/** A dollar a request, whatever is said. */
const DOLLAR = { price: { input: 0, output: 0, request: 1 } }
const models = {
  'fixed/fixed': { price: { input: 0, output: 0 } },
  'second/echo': DOLLAR,
  'second/fault?kind=status-500': DOLLAR,
}
const PIECES = ['"Four', ' legs', '."']
const WHOLE = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'fixed',
  odd: { kept: '1.0' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Four legs.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 },
})
const STREAM = [
  ...PIECES.map((content) => ({ index: 0, delta: { content } })),
  { index: 0, delta: {}, finish_reason: 'stop' },
]
  .map((choice) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'fixed',
    odd: 1,
    choices: [choice],
  }))
  .map((frame) => `data: ${JSON.stringify(frame)}\n\n`)
  .concat('data: [DONE]\n\n')
  .join('')

let scripted: ScriptedProvider
let house: House
const shadows: RequestRow[] = []
let onShadow: () => void = () => undefined

beforeAll(async () => {
  scripted = openScriptedProvider(({ body }) =>
    body.includes('"stream":true')
      ? new Response(STREAM, { headers: { 'content-type': 'text/event-stream' } })
      : new Response(WHOLE, { headers: { 'content-type': 'application/json' } }),
  )
  const targets = ['fixed/fixed']
  const shadow = { share: 100, budget: { usd: 3, per: 'day' as const } }
  house = await openHouse({
    providers: () => ({ fixed: providerEntry(scripted.url, { dialects: ['openai-chat'] }) }),
    keys: { poor: { budget: { usd: 1, per: 'day' }, models: ['shadowed'], rpm: 100 } },
    config: {
      models,
      routes: {
        plain: targets,
        shadowed: { targets, shadow: { ...shadow, to: 'second/echo' } },
        broken: { targets, shadow: { ...shadow, to: 'second/fault?kind=status-500' } },
        hosted: { targets, shadow: { ...shadow, to: 'second/echo' } },
      },
    },
  })
  house.gateway.gatehouse.onRequest((row) => {
    if (row.purpose !== 'shadow') return
    shadows.push(row)
    onShadow()
  })
})

afterAll(async () => {
  await house.close()
  await scripted.close()
})

async function shadowOf(id: string): Promise<RequestRow> {
  for (;;) {
    const found = shadows.find(({ parentId }) => parentId === id)
    if (found !== undefined) return found
    await new Promise<void>((resolve) => {
      onShadow = resolve
    })
  }
}

/** What the provider bills of shadows that answer. */
const billed = ({ provider }: House) => provider.bill.entries().filter(({ model }) => model === 'echo')

const question = (model: string, mode: (typeof MODES)[number] = 'unary', key = 'dev') => ({
  dialect: 'openai-chat' as const,
  mode,
  model,
  key: house.key(key),
  text: 'How many legs has a cat?',
})

const metric = async (start: string): Promise<readonly string[]> =>
  (await (await house.gateway.askAdmin('/metrics')).text())
    .split('\n')
    .filter((line) => line.startsWith(start))

describe('a shadow', () => {
  test.each(MODES)(
    'changes no byte of the answer, and is paid under its purpose by nobody: %s',
    async (mode) => {
      const plain = await ask(house.url, question('plain', mode))
      const response = await send(house.url, question('shadowed', mode, 'poor'))
      const id = response.headers.get('x-request-id') ?? ''
      expect(await response.text()).toBe(plain.wire)
      const row = await shadowOf(id)
      expect(row).toMatchObject({ outcome: 'ok', target: 'second/echo', owners: {}, purpose: 'shadow' })
      expect(billed(house)).toHaveLength(shadows.length)
    },
  )

  test('is not there for requests whose tools the provider runs', async () => {
    const answer = await ask(house.url, {
      ...question('hosted'),
      extra: { web_search_options: {} },
    })
    expect(answer.status).toBe(200)
    expect(await metric('gatehouse_shadows_total{route="hosted"')).toEqual([
      'gatehouse_shadows_total{route="hosted",outcome="not-repeatable"} 1',
    ])
  })

  test('stops when its own money is spent, and what it compared is counted', async () => {
    const ids: string[] = []
    for (let index = 0; index < 4; index += 1) {
      const { status, headers } = await ask(house.url, question('shadowed'))
      expect(status).toBe(200)
      ids.push(headers.get('x-request-id') ?? '')
      if (index === 0) await shadowOf(ids[0] ?? '')
    }
    expect(await metric('gatehouse_shadows_total{route="shadowed"')).toEqual(
      expect.arrayContaining([
        'gatehouse_shadows_total{route="shadowed",outcome="compared"} 3',
        'gatehouse_shadows_total{route="shadowed",outcome="dropped-budget"} 3',
      ]),
    )
    expect(await metric('gatehouse_shadow_agreement_total{route="shadowed",measure="refusal"')).toEqual([
      'gatehouse_shadow_agreement_total{route="shadowed",measure="refusal",agrees="true"} 3',
    ])
    const records = await house.close()
    const { ledger } = records
    const { bill } = house.provider
    const compared = await expectBill({ records, bill, models, unbilled: ['fixed'] })
    expect(compared.costNanoUsd).toBe(3n * DOLLAR_NANO_USD)
    const rows = ledger.filter(({ purpose }) => purpose === 'shadow')
    expect(rows.filter(({ outcome }) => outcome === 'ok').length).toBe(3)
    expect(rows.every(({ owners }) => Object.keys(owners).length === 0)).toBe(true)
    const charged = rows.reduce((sum, { costNanoUsd = 0n }) => sum + costNanoUsd, 0n)
    expect(charged).toBe(3n * DOLLAR_NANO_USD)
    expect(billed(house)).toHaveLength(3)
  })
})
