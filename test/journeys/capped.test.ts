import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects, readString } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS } from '../modes.ts'
import { hear } from '../wire/hear.ts'
import { ask, attemptsOf, type Answer } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'

/** Answers when it is told to. */
const held: (() => void)[] = []
const slow = openScriptedProvider(async ({ request, body }) => {
  const { pathname, search } = new URL(request.url)
  const { wire } = hear({ head: `POST ${pathname}${search}`, body })
  await new Promise<void>((resolve) => {
    held.push(resolve)
    asked.shift()?.()
  })
  return Response.json(wire.whole('slowly', { input: 1, output: 1 }))
})
const asked: (() => void)[] = []
/** The next call has reached the provider. */
const nextCall = (): Promise<void> => new Promise((resolve) => void asked.push(resolve))

const models = { 'good/echo': { price: { input: 3, output: 7 } } }
let house: House
beforeAll(async () => {
  house = await openHouse({
    providers: (url) => ({
      narrow: providerEntry(slow.url, { concurrent: 1 }),
      lined: providerEntry(slow.url, { concurrent: { max: 1, queue: { max: 1, wait: '20s' } } }),
      good: providerEntry(url),
    }),
    config: {
      models,
      routes: { spills: ['narrow/m', 'good/echo'], alone: ['narrow/m'], waits: ['lined/m'] },
    },
  })
})
afterAll(async () => {
  await house.close()
  await slow.close()
})

const put = (model: string, index = 0, signal?: AbortSignal): Promise<Answer> =>
  ask(house.url, {
    dialect: CLIENT_DIALECTS[index] ?? 'openai-chat',
    mode: 'unary',
    model,
    key: house.key(),
    text: 'Say this.',
    ...(signal === undefined ? {} : { signal }),
  })

async function decisionOf(answer: Answer) {
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  const decision = row.decision === undefined ? undefined : readDecision(row.decision)
  const steps = decision === undefined ? [] : readObjects(decision, 'steps')
  return { row, queued: steps.filter((step) => readString(step, 'step') === 'queue') }
}

describe('a provider with room for one', () => {
  test.each(CLIENT_DIALECTS.map((_, index) => index))(
    'sends a second request to the next target at once (%d)',
    async (index) => {
      const arrived = nextCall()
      const first = put('spills', index)
      await arrived
      const second = await put('spills', index)
      expect(second).toMatchObject({ status: 200, text: 'Say this.' })
      const { row, queued } = await decisionOf(second)
      expect(queued).toMatchObject([{ target: 'narrow/m', gate: 'narrow', outcome: 'refused', position: 0 }])
      expect(attemptsOf(row)).toHaveLength(1)
      held.shift()?.()
      expect(await first).toMatchObject({ status: 200, text: 'slowly' })
    },
  )

  test('turns away who has nowhere else to go, for a moment', async () => {
    const arrived = nextCall()
    const first = put('alone')
    await arrived
    const second = await put('alone')
    expect(second.status).toBe(503)
    expect(second.headers.get('x-should-retry')).toBe('true')
    expect(second.headers.get('retry-after')).toBe('1')
    held.shift()?.()
    expect((await first).status).toBe(200)
  })
})

describe('a provider with a line', () => {
  test('has a second request wait, turns a third away, and answers who waited', async () => {
    const arrived = nextCall()
    const first = put('waits')
    await arrived
    const then = nextCall()
    const both = [put('waits', 1), put('waits', 2)]
    // One of them waits; the other finds the line full.
    expect((await Promise.race(both)).status).toBe(503)
    held.shift()?.()
    await then
    held.shift()?.()
    expect((await first).status).toBe(200)
    const answers = await Promise.all(both)
    const waited = answers.find(({ status }) => status === 200)
    expect(waited).toMatchObject({ text: 'slowly' })
    const { queued } = await decisionOf(waited ?? (await first))
    expect(queued).toMatchObject([{ target: 'lined/m', gate: 'lined', outcome: 'entered', position: 1 }])
  })

  test('lets nobody wait for who has left', async () => {
    const arrived = nextCall()
    const first = put('waits')
    await arrived
    const leaving = new AbortController()
    const gone = put('waits', 0, leaving.signal).catch(() => 'gone')
    leaving.abort()
    expect(await gone).toBe('gone')
    held.shift()?.()
    expect((await first).status).toBe(200)
  })
})

test('and the ledger holds the attempts that were made, and no other', async () => {
  const records = await house.close()
  const { bill } = house.provider
  const compared = await expectBill({ records, bill, models, unbilled: ['narrow', 'lined'] })
  expect(compared).toMatchObject({ bounded: 0, exact: CLIENT_DIALECTS.length })
  const atSlow = records.ledger.filter(({ target }) => target !== 'good/echo')
  const ids = slow.calls.map(({ request }) => request.headers.get('x-gatehouse-attempt') ?? '')
  // Who leaves while a connection is opened is in the ledger, and never reaches the provider.
  const reached = atSlow.filter(({ id, outcome }) => outcome !== 'client-gone' || ids.includes(id))
  expect(ids.toSorted()).toEqual(reached.map(({ id }) => id).toSorted())
})
