import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects, readString } from '../../src/kit/json.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { MODES } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, type House } from './open-house.ts'
import { openSwitchedProviders, switchedOff, type SwitchedProviders } from './switched-providers.ts'

/*
 * A provider that fails is left alone after as many faults as its thresholds say, tried by as many requests as they say when its rest
 * is over, and asked by everybody once it answers. Where most of a route fails now and then, all of it is asked.
 */

const FAULTS = 3
const REST_MS = 10_000
const PROBES = 2
const CALLERS = ['one', 'two'] as const
const SHARED = ['left', 'middle', 'right'] as const
const NAMES = ['strict', 'usual', 'good', ...SHARED]
const models = Object.fromEntries(NAMES.map((name) => [`${name}/echo`, { price: { input: 3, output: 7 } }]))

const clock = createTickingClock(1_000)
let provider: SimulatedProvider
let providers: SwitchedProviders
let house: House

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  providers = openSwitchedProviders(provider.url, NAMES)
  const breaker = { errors: FAULTS, open: '10s', half_open: PROBES }
  house = await openHouse({
    clock,
    provider,
    providers: () => ({ ...providers.entries, strict: providers.entry('strict', { breaker }) }),
    keys: Object.fromEntries(CALLERS.map((name) => [name, {}])),
    config: {
      models,
      routes: Object.fromEntries([
        ...['strict', 'usual'].map((name) => [
          name,
          { targets: [`${name}/echo`, 'good/echo'], fallback: { retries: 0 } },
        ]),
        [
          'shared',
          {
            strategy: 'weighted',
            targets: SHARED.map((name) => `${name}/echo`),
            affinity: 'none',
            fallback: { retries: 0 },
          },
        ],
      ]),
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

let asked = 0
/** By one caller and then the other: what one of them meets may be its own doing. */
function put(model: string): Promise<Answer> {
  asked += 1
  return ask(house.url, {
    dialect: 'openai-chat',
    mode: MODES[asked % MODES.length] ?? 'unary',
    model,
    key: house.key(CALLERS[asked % CALLERS.length]),
    text: 'Still here.',
  })
}

const byWhom = ({ headers }: Answer): string => headers.get('x-gatehouse-provider') ?? ''

async function expectAnswered(model: string, count: number): Promise<readonly string[]> {
  const names = []
  for (let index = 0; index < count; index += 1) {
    const answer = await put(model)
    expect(answer).toMatchObject({ status: 200, text: 'Still here.' })
    names.push(byWhom(answer))
  }
  return names
}

beforeAll(() => clock.advance(1_000))

describe.each([
  ['strict', FAULTS, REST_MS, PROBES],
  ['usual', 5, 5_000, 1],
] as const)('the circuit of a provider with its thresholds: %s', (name, faults, restMs, probes) => {
  test('opens at so many faults in a row, and no request is lost over it', async () => {
    providers.turn(name, 500)
    for (let fault = 1; fault <= faults; fault += 1) {
      await expectAnswered(name, 1)
      expect(providers.count(name)).toBe(fault)
    }
    await expectAnswered(name, 6)
    expect(providers.count(name)).toBe(faults)
  })

  test('takes so many tries at once when its rest is over; one that fails opens it again, for longer', async () => {
    // A rest is up to a fifth shorter than it says.
    clock.advance(restMs * 0.79)
    await expectAnswered(name, 2)
    expect(providers.count(name)).toBe(faults)
    clock.advance(restMs * 0.22)
    // Those who try are answered when all others were, by somebody else.
    const { promise: told, resolve: tell } = Promise.withResolvers<void>()
    providers.turn(name, () => told.then(() => switchedOff(500)))
    let answered = 0
    const storm = Array.from({ length: 8 }, async () => {
      const answer = await put(name)
      answered += 1
      if (answered === 8 - probes) tell()
      return answer
    })
    for (const answer of await Promise.all(storm)) expect(byWhom(answer)).toBe('good')
    expect(providers.count(name)).toBe(faults + probes)
    clock.advance(restMs)
    await expectAnswered(name, 2)
    expect(providers.count(name)).toBe(faults + probes)
  })

  test('closes when a try is answered, and everybody is back', async () => {
    // Who met the last fault leaves the first try to others, for 2 s.
    clock.advance(restMs + 2_000)
    providers.turn(name)
    expect(await expectAnswered(name, 6)).toEqual(Array.from({ length: 6 }, () => name))
  })
})

describe('panic', () => {
  async function rankDetails({ headers }: Answer): Promise<readonly string[]> {
    const { decision } = await house.rowOf(headers.get('x-request-id') ?? '')
    const steps = readObjects(readDecision(decision ?? '') ?? {}, 'steps')
    return steps
      .filter(({ step }) => step === 'rank')
      .flatMap((step) => readObjects(step, 'targets').map((one) => readString(one, 'detail') ?? ''))
  }

  test('asks all of a route of which most fail now and then, and answers everybody', async () => {
    for (const name of SHARED.slice(0, 2)) {
      let calls = 0
      providers.turn(name, () => ((calls += 1) % 2 === 0 ? undefined : switchedOff(500)))
    }
    const details: string[] = []
    for (let index = 0; index < 90; index += 1) {
      const answer = await put('shared')
      expect(answer).toMatchObject({ status: 200, text: 'Still here.' })
      details.push(...(await rankDetails(answer)))
      clock.advance(50)
    }
    expect(details.some((detail) => detail.includes('panic'))).toBe(true)
    // Without it the last one would be asked for everything.
    const before = providers.count('right')
    const served = await expectAnswered('shared', 30)
    expect(new Set(served)).toEqual(new Set(SHARED))
    expect(providers.count('right') - before).toBeLessThan(25)
  })
})

test('and the ledger says what is on the bill', async () => {
  clock.start()
  const records = await house.close()
  clock.stop()
  const compared = await expectBill({ records, bill: provider.bill, models })
  expect(compared).toMatchObject({ bounded: 0, exact: provider.bill.entries().length })
  const called = NAMES.reduce((sum, name) => sum + providers.count(name), 0)
  expect(records.ledger).toHaveLength(called)
})
