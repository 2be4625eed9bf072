import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { readString } from '../../src/kit/json.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { MODES } from '../modes.ts'
import { ask, attemptsOf, type Answer } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, type House } from './open-house.ts'
import {
  openSwitchedProviders,
  switchedOff,
  type Illness,
  type SwitchedProviders,
} from './switched-providers.ts'

/*
 * A storm of limits: many callers at once at a provider whose credentials are limited one after the other. Everybody is answered as long as
 * anybody can, nobody asks a credential that has said how long to wait, and it is asked again when that is over.
 */

const CREDENTIALS = ['a', 'b', 'c'] as const
/** What each takes in its minute. */
const TAKES = 5
const WAIT_S = 30
const CALLERS = ['one', 'two', 'three', 'four'] as const
const PRICE = { price: { input: 3, output: 7 } }
const models = { 'pool/echo': PRICE, 'spare/echo': PRICE, 'lone/echo': PRICE }

const clock = createTickingClock(1_000)
let provider: SimulatedProvider
let providers: SwitchedProviders
let house: House

/** Each credential takes so many requests and then wants a rest; counted by what it was asked. */
interface Meter {
  readonly illness: Illness
  readonly taken: Map<string, number>
  readonly refused: Map<string, number>
}

function limitEach(): Meter {
  const taken = new Map<string, number>()
  const refused = new Map<string, number>()
  const add = (counts: Map<string, number>, name: string): number => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return count
  }
  return {
    taken,
    refused,
    illness(request) {
      const credential = request.headers.get('authorization') ?? ''
      if ((taken.get(credential) ?? 0) < TAKES) {
        add(taken, credential)
        return undefined
      }
      add(refused, credential)
      return switchedOff(429, { 'retry-after': String(WAIT_S) })
    },
  }
}

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  providers = openSwitchedProviders(provider.url, ['pool', 'spare', 'lone'])
  const keys = CREDENTIALS.map((name) => ({ name, value: `env:POOL_${name.toUpperCase()}` }))
  house = await openHouse({
    clock,
    provider,
    providers: () => ({ ...providers.entries, pool: providers.entry('pool', { keys }) }),
    environment: Object.fromEntries(CREDENTIALS.map((name) => [`POOL_${name.toUpperCase()}`, `sk-${name}`])),
    keys: Object.fromEntries(CALLERS.map((name) => [name, { budget: { usd: 100, per: 'day' as const } }])),
    config: {
      models,
      routes: {
        // Whoever is refused by every credential of the pool, as all ask at once, still has an attempt left for elsewhere.
        pooled: { targets: ['pool/echo', 'spare/echo'], fallback: { attempts: CREDENTIALS.length + 1 } },
        alone: ['lone/echo'],
      },
    },
  })
})

afterAll(async () => {
  clock.start()
  await house.close()
  clock.stop()
  await providers.close()
  await provider.close()
})

function storm(model: string, count: number): Promise<readonly Answer[]> {
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      ask(house.url, {
        dialect: 'openai-chat',
        mode: MODES[index % MODES.length] ?? 'unary',
        model,
        key: house.key(CALLERS[index % CALLERS.length]),
        text: 'Hold on.',
      }),
    ),
  )
}

const answeredBy = (answers: readonly Answer[], name: string): number =>
  answers.filter(({ headers }) => headers.get('x-gatehouse-provider') === name).length

describe('a storm of limits', () => {
  let meter: Meter

  test('answers everybody, out of every credential as long as it takes requests and then elsewhere', async () => {
    meter = limitEach()
    providers.turn('pool', meter.illness)
    const answers = await storm('pooled', 60)
    for (const answer of answers) expect(answer).toMatchObject({ status: 200, text: 'Hold on.' })
    expect(answeredBy(answers, 'pool')).toBe(CREDENTIALS.length * TAKES)
    expect([...meter.taken.values()]).toEqual(CREDENTIALS.map(() => TAKES))
    // Another credential of the same provider comes before another provider.
    const rows = await Promise.all(
      answers.map(({ headers }) => house.rowOf(headers.get('x-request-id') ?? '')),
    )
    for (const row of rows) {
      const names = attemptsOf(row).map((attempt) => readString(attempt, 'target'))
      expect(names.slice(0, -1)).not.toContain('spare/echo')
      expect(names.length).toBeLessThanOrEqual(CREDENTIALS.length + 1)
    }
  })

  test('asks none of those again that have said how long to wait', async () => {
    const before = providers.count('pool')
    const answers = await storm('pooled', 40)
    expect(answeredBy(answers, 'spare')).toBe(40)
    expect(providers.count('pool')).toBe(before)
  })

  test('goes back to them when that is over, and not a moment before', async () => {
    clock.advance((WAIT_S - 1) * 1_000)
    const before = providers.count('pool')
    await storm('pooled', 4)
    expect(providers.count('pool')).toBe(before)
    clock.advance(1_001)
    providers.turn('pool')
    expect(answeredBy(await storm('pooled', 12), 'pool')).toBe(12)
  })

  test('tells callers without anywhere else to go how long they have to wait, and asks nobody meanwhile', async () => {
    const lone = limitEach()
    providers.turn('lone', lone.illness)
    const answers = await storm('alone', 20)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(TAKES)
    const before = providers.count('lone')
    clock.advance(10_000)
    for (const answer of await storm('alone', 8)) {
      expect(answer.status).toBe(429)
      expect(answer.headers.get('retry-after')).toBe(String(WAIT_S - 10))
      expect(answer.headers.get('x-should-retry')).toBe('true')
    }
    expect(providers.count('lone')).toBe(before)
  })
})

test('and the ledger says what is on the bill, and budgets are charged as much', async () => {
  clock.start()
  const records = await house.close()
  clock.stop()
  const { exact, bounded, costNanoUsd } = await expectBill({ records, bill: provider.bill, models })
  expect({ exact, bounded }).toEqual({ exact: provider.bill.entries().length, bounded: 0 })
  const limited = records.ledger.filter(({ outcome }) => outcome === 'provider-rate-limited')
  expect(limited.length).toBeGreaterThan(CREDENTIALS.length)
  const spent = records.ledger.reduce((sum, row) => sum + (row.costNanoUsd ?? 0n), 0n)
  expect(spent).toBe(costNanoUsd)
})
