import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects, type JsonObject } from '../../src/kit/json.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, SETTINGS, SETTINGS_IN_TURN, type Setting } from '../modes.ts'
import { ask, send, type Answer } from './asking.ts'
import { openRunningGateway } from '../running-gateway.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

const turns = createTickingClock(20)
/** Longer than anybody here waits. */
const SLOW = 'slow?ttft=60s'
const WHOLE = 'slow?ttft=60s&cancelled=bills-whole'
const BROKEN = 'fault?kind=status-500'
const MODELS = [SLOW, WHOLE, BROKEN, 'echo', 'smart']

type Pace = { readonly race: 2 } | { readonly hedge: '100ms' }

/** What targets are asked at once, here and there, and how. */
const SCENES = {
  raced: { here: SLOW, there: 'echo', pace: { race: 2 } },
  hedged: { here: SLOW, there: 'echo', pace: { hedge: '100ms' } },
  whole: { here: WHOLE, there: 'echo', pace: { race: 2 } },
  'one-fails': { here: BROKEN, there: 'echo', pace: { race: 2 } },
  'both-fail': { here: BROKEN, there: BROKEN, pace: { race: 2 } },
  small: { here: 'echo', there: 'smart', pace: { race: 2 } },
  waiting: { here: SLOW, there: SLOW, pace: { hedge: '100ms' } },
} as const satisfies Readonly<
  Record<string, { readonly here: string; readonly there: string; readonly pace: Pace }>
>
type Scene = keyof typeof SCENES

const routeOf = (scene: Scene, spoken: string): string => `${scene}-${spoken}`

function routes() {
  return Object.fromEntries(
    Object.entries(SCENES).flatMap(([scene, { here, there, pace }]) =>
      CLIENT_DIALECTS.map((spoken) => [
        routeOf(scene as Scene, spoken),
        {
          targets: [`here-${spoken}/${here}`, `there-${spoken}/${there}`],
          ...pace,
          fallback: { retries: 0 },
        },
      ]),
    ),
  )
}

const POOR = SETTINGS_IN_TURN.map((_setting, index) => `poor-${index}`)

const models = Object.fromEntries(
  CLIENT_DIALECTS.flatMap((spoken) => [`here-${spoken}`, `there-${spoken}`]).flatMap((name) =>
    MODELS.map((model) => [`${name}/${model}`, { price: { input: 1_000, output: 1_000 } }]),
  ),
)
let house: House

beforeAll(async () => {
  turns.start()
  house = await openHouse({
    clock: turns,
    providers: (url) =>
      Object.fromEntries(
        CLIENT_DIALECTS.flatMap((spoken) =>
          (['here', 'there'] as const).map((place) => [
            `${place}-${spoken}`,
            providerEntry(url, { dialects: [spoken], incident_domain: place }),
          ]),
        ),
      ),
    config: {
      routes: routes(),
      models,
    },
    keys: {
      rich: { budget: { usd: 1_000, per: 'day' } },
      ...Object.fromEntries(POOR.map((name) => [name, { budget: { usd: 0.15, per: 'day' } }])),
    },
  })
})
afterAll(async () => {
  turns.stop()
  await house.close()
})

interface Told {
  readonly setting: Setting
  readonly answer: Answer
  readonly row: RequestRow
  readonly steps: readonly JsonObject[]
}

async function askAll(
  scene: Scene,
  settings: readonly Setting[],
  keyOf: (index: number) => string = () => 'rich',
): Promise<readonly Told[]> {
  return Promise.all(
    settings.map(async (setting, index) => {
      const { dialect, mode, spoken } = setting
      const key = house.key(keyOf(index))
      const answer = await ask(house.url, {
        dialect,
        mode,
        model: routeOf(scene, spoken),
        key,
        text: 'Tall.',
      })
      const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
      return { setting, answer, row, steps: readObjects(readDecision(row.decision ?? '') ?? {}, 'steps') }
    }),
  )
}

const stepOf = (steps: readonly JsonObject[], kind: string): JsonObject | undefined =>
  steps.find(({ step }) => step === kind)

test.each(['raced', 'hedged', 'whole'] as const)(
  '%s: the first to answer wins, and the client sees who lost',
  async (scene) => {
    for (const { setting, answer, steps } of await askAll(
      scene,
      scene === 'raced' ? SETTINGS : SETTINGS_IN_TURN,
    )) {
      expect(answer).toMatchObject({ status: 200, text: 'Tall.', complete: true })
      const attempts = answer.headers.get('x-gatehouse-attempts') ?? ''
      expect(attempts).toContain(`here-${setting.spoken}/${SCENES[scene].here}=outrun/`)
      expect(answer.headers.get('x-gatehouse-provider')).toBe(`there-${setting.spoken}`)
      expect(stepOf(steps, scene === 'hedged' ? 'hedge' : 'race')).toMatchObject({
        outcome: 'won',
        winner: `there-${setting.spoken}/echo`,
        extraCostUsd: expect.stringMatching(/^0\.0[1-9]/),
      })
      if (scene === 'hedged') expect(stepOf(steps, 'hedge')?.['startedMs']).toBeGreaterThanOrEqual(100)
    }
  },
)

test('one that fails leaves the other to answer, and no third is asked', async () => {
  for (const { answer, steps } of await askAll('one-fails', SETTINGS_IN_TURN)) {
    expect(answer).toMatchObject({ status: 200, text: 'Tall.', complete: true })
    expect(steps.filter(({ step }) => step === 'attempt')).toHaveLength(2)
  }
})

test('where both fail, the client is told so', async () => {
  for (const { answer, steps } of await askAll('both-fail', SETTINGS_IN_TURN)) {
    expect(answer.status).toBeGreaterThanOrEqual(500)
    expect(answer.complete).toBe(false)
    expect(stepOf(steps, 'race')).toMatchObject({ outcome: 'failed' })
  }
})

test('clients that leave in the middle stop both', async () => {
  const before = house.provider.requests.all().length
  const leaving = new AbortController()
  const lines = SETTINGS_IN_TURN.map(async ({ dialect, mode, spoken }) => {
    const model = routeOf('waiting', spoken)
    const response = send(house.url, { dialect, mode, model, key: house.key('rich'), signal: leaving.signal })
    await response.catch(() => undefined)
  })
  const calls = 2 * SETTINGS_IN_TURN.length
  while (house.provider.requests.all().length < before + calls) await house.provider.requests.next()
  leaving.abort()
  await Promise.all(lines)
  const left = house.provider.bill.entries().slice(-calls)
  const ended = await Promise.all(left.map(({ ordinal }) => house.provider.bill.settled(ordinal)))
  expect(ended.map(({ outcome }) => outcome)).toEqual(ended.map(() => 'aborted'))
})

test('a budget that is too small for two has the first answer alone, and the decision says so', async () => {
  const told = await askAll('small', SETTINGS_IN_TURN, (index) => POOR[index] ?? '')
  for (const { answer, steps } of told) {
    expect(answer).toMatchObject({ status: 200, text: 'Tall.' })
    expect(stepOf(steps, 'race')).toMatchObject({ outcome: 'refused-by-budget' })
    expect(steps.filter(({ step }) => step === 'attempt')).toHaveLength(1)
  }
})

test('afterwards nothing is open, and no bill is larger than what budgets were charged', async () => {
  const metrics = (await (await house.gateway.askAdmin('/metrics')).text()).split('\n')
  expect(metrics).toContain('gatehouse_requests_in_flight 0')
  expect(metrics).toContain('gatehouse_ledger_open_attempts 0')
  expect(metrics).toContain('gatehouse_attempts_in_flight 0')
  const records = await house.close()
  const { bill } = house.provider
  expect(records.ledger).toHaveLength(bill.entries().length)
  const { exact, bounded } = await expectBill({ records, bill, models })
  expect(exact).toBeGreaterThan(30)
  expect(bounded).toBeGreaterThan(30)
  expect(house.gateway.log.filter((line) => line.includes('"error"'))).toEqual([])
})

test('examples/hedged.yaml does what it says', async () => {
  const config = await Bun.file(new URL('../../examples/hedged.yaml', import.meta.url)).text()
  const gateway = await openRunningGateway({ config, clock: turns })
  const shown: (string | null)[] = []
  for (const model of ['quick', 'quickest', 'usual']) {
    const answer = await ask(gateway.url, { dialect: 'openai-chat', mode: 'stream', model, key: gateway.key })
    expect(answer).toMatchObject({ status: 200, complete: true })
    shown.push(answer.headers.get('x-gatehouse-attempts'))
  }
  await gateway.close()
  expect(shown).toEqual([
    expect.stringMatching(/^2;.* sim\/slow=outrun\/\d+ms/),
    expect.stringMatching(/^2;.* sim\/smart\?ttft=800ms=outrun\/\d+ms/),
    expect.stringMatching(/^1; sim\/smart\?id=east=/),
  ])
})
