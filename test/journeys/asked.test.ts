import { describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import type { Message } from '../../src/exchange/collect.ts'
import type { ContentLayers } from '../../src/gateway/order.ts'
import { MODES } from '../modes.ts'
import { ask } from './asking.ts'
import { openHouse, type House, type HouseOptions } from './open-house.ts'

/*
 * A layer may ask a model on behalf of an exchange. What it asks is an exchange of its own: by the same caller, out of the same
 * budget, on record under its purpose, and never the cause of a further question.
 */

const DOLLAR_NANO_USD = 1_000_000_000n
const QUESTION = 'Is that a polite question?'
/** A dollar a request, whatever is said. */
const DOLLAR = { price: { input: 0, output: 0, request: 1 } }
const MODELS: NonNullable<ConfigFile['models']> = { 'first/echo': DOLLAR, 'second/echo': DOLLAR }

/** A layer that has a model judge every request before it is answered. */
const judging =
  (tell: (verdict: Message) => void): ContentLayers =>
  (_plan, asking) => [
    asking((askModel) => (next) => async (exchange) => {
      const verdict = await askModel({
        request: {
          operation: 'chat',
          model: 'second/echo',
          turns: [{ role: 'user', blocks: [{ type: 'text', text: QUESTION }] }],
          maxOutputTokens: 20,
          stream: false,
          wantsUsage: true,
        },
        purpose: 'judge',
        parent: exchange,
      })
      tell(verdict)
      return next(exchange)
    }),
  ]

async function openJudged(terms: NonNullable<HouseOptions['keys']>[string]) {
  const verdicts: Message[] = []
  const house = await openHouse({
    config: { models: MODELS },
    keys: { judged: terms },
    contentLayers: judging((verdict) => void verdicts.push(verdict)),
  })
  return { house, verdicts }
}

const askEcho = (house: House, mode: (typeof MODES)[number] = 'unary') =>
  ask(house.url, {
    dialect: 'openai-chat',
    mode,
    model: 'first/echo',
    key: house.key('judged'),
    text: 'Why?',
  })

describe('what the house asks on behalf of a request', () => {
  test.each(MODES)(
    'is answered whole, paid by its caller and on record under its purpose: %s',
    async (mode) => {
      const { house, verdicts } = await openJudged({
        budget: { usd: 2, per: 'day' },
        rpm: 1,
        concurrent: 1,
      })
      const answer = await askEcho(house, mode)
      expect(answer).toMatchObject({ status: 200, text: 'Why?', complete: true })
      expect(verdicts).toHaveLength(1)
      expect(verdicts[0]?.choices[0]?.blocks).toMatchObject([{ type: 'text', text: QUESTION }])

      const { ledger, requests } = await house.close()
      const parentId = answer.headers.get('x-request-id') ?? ''
      const [asked] = requests.filter(({ purpose }) => purpose === 'judge')
      const [own] = requests.filter(({ purpose }) => purpose === undefined)
      expect(requests).toHaveLength(2)
      expect(own).toMatchObject({ id: parentId, outcome: 'ok', target: 'first/echo' })
      expect(asked).toMatchObject({ parentId, outcome: 'ok', target: 'second/echo', keyName: 'judged' })
      expect(ledger).toHaveLength(2)
      expect(ledger.find(({ requestId }) => requestId === asked?.id)).toMatchObject({
        purpose: 'judge',
        parentId,
        owners: own?.owners ?? {},
        costNanoUsd: DOLLAR_NANO_USD,
      })
      expect(ledger.find(({ requestId }) => requestId === parentId)).not.toHaveProperty('purpose')
    },
  )

  test('is held in the budget of its caller, beside the request itself', async () => {
    const { house, verdicts } = await openJudged({ budget: { usd: 1, per: 'day' } })
    const { status, error } = await askEcho(house)
    expect(status).toBe(429)
    expect(error).toMatchObject({ code: 'budget_reserved', reserved_usd: '1.000000' })
    expect(verdicts).toEqual([])
    const { ledger, requests } = await house.close()
    expect(ledger).toEqual([])
    expect(requests.map(({ outcome }) => outcome)).toEqual(['budget-reserved', 'budget-reserved'])
    expect(house.provider.bill.entries()).toEqual([])
  })

  test('may not use what its caller may not use', async () => {
    const { house } = await openJudged({ models: ['first/*'] })
    expect((await askEcho(house)).status).toBe(403)
    const { requests } = await house.close()
    expect(requests.map(({ outcome }) => outcome)).toEqual(['model-not-allowed', 'model-not-allowed'])
  })
})
