import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { BillEntry } from '../../src/drills/bill.ts'
import type { LedgerRow, RequestRow } from '../../src/store/store.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { CLIENT_DIALECTS, PAIRS, type ClientDialect, type Mode } from '../modes.ts'
import { ask, send } from './asking.ts'
import { neighboursOf, openHouse, providerEntry, type House } from './open-house.ts'

/** A provider must hear of it this soon, in turns of the event loop. */
const PROMPTLY_MS = 100
const turns = createTickingClock(5)
/** More than any answer that is left here would cost. */
const TIGHT = { concurrent: 1, budget: { usd: 20, per: 'day' } } as const

interface Scene {
  readonly name: string
  readonly mode: Mode
  readonly model: string
  /** Does the client leave when it has read something, or as soon as the provider is at work? */
  readonly leaves: 'after-first-bytes' | 'when-asked'
}

const SCENES: readonly Scene[] = [
  {
    name: 'in the middle of a stream',
    mode: 'stream',
    model: 'slow?ttft=1ms&tps=50',
    leaves: 'after-first-bytes',
  },
  { name: 'before the first byte of a stream', mode: 'stream', model: 'slow?ttft=20s', leaves: 'when-asked' },
  {
    name: 'while the provider says nothing at all',
    mode: 'stream',
    model: 'fault?kind=stall-before-head',
    leaves: 'when-asked',
  },
  {
    name: 'while there are only keep-alives',
    mode: 'stream',
    model: 'fault?kind=ping-forever',
    leaves: 'when-asked',
  },
  { name: 'while a whole answer is made', mode: 'unary', model: 'slow?ttft=20s', leaves: 'when-asked' },
  {
    name: 'while a stream stands still',
    mode: 'stream',
    model: 'fault?kind=stall-mid-stream',
    leaves: 'after-first-bytes',
  },
]

/** Providers of one language, and of all that are spoken at the same address. */
const PROVIDERS = Object.fromEntries(
  CLIENT_DIALECTS.flatMap((dialect) => [
    [dialect, neighboursOf(dialect)],
    [`only-${dialect}`, [dialect]],
  ]),
)

interface Case extends Scene {
  readonly dialect: ClientDialect
  readonly provider: string
}

const CASES: readonly Case[] = PAIRS.flatMap(({ dialect, spoken, lane }) =>
  SCENES.map((scene) => ({ ...scene, dialect, provider: lane === 'native' ? spoken : `only-${spoken}` })),
)

let house: House
const ended: { readonly attemptId: string; readonly entry: BillEntry }[] = []

beforeAll(async () => {
  turns.start()
  house = await openHouse({
    providers: (url) =>
      Object.fromEntries(
        Object.entries(PROVIDERS).map(([name, dialects]) => [name, providerEntry(url, { dialects })]),
      ),
    config: {
      models: Object.fromEntries(
        Object.keys(PROVIDERS).flatMap((name) =>
          [...SCENES.map(({ model }) => model), 'echo'].map((model) => [
            `${name}/${model}`,
            { price: { input: 1_000, output: 1_000 } },
          ]),
        ),
      ),
    },
    keys: { one: TIGHT },
  })
})
afterAll(async () => {
  turns.stop()
  await house.close()
})

interface Left {
  readonly entry: BillEntry
  readonly noticedMs: number
  readonly row: RequestRow
}

/** Asks, leaves, and waits until the provider has noticed. */
async function leave(scene: Case): Promise<Left> {
  const { dialect, mode, provider, model } = scene
  const controller = new AbortController()
  const arrives = house.provider.requests.next()
  const answering = send(house.url, {
    dialect,
    mode,
    model: `${provider}/${model}`,
    key: house.key('one'),
    signal: controller.signal,
  })
  const { ordinal } = await arrives
  if (scene.leaves === 'after-first-bytes') {
    const reader = (await answering).body?.getReader()
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
  }
  const line = new Promise<RequestRow>((resolve) => house.gateway.gatehouse.onRequest(resolve))
  const gone = answering.then(
    (response) => response.text().catch(() => ''),
    () => '',
  )
  const leftMs = turns.elapsedMs()
  controller.abort()
  const entry = await house.provider.bill.settled(ordinal)
  const noticedMs = turns.elapsedMs() - leftMs
  await gone
  return { entry, noticedMs, row: await line }
}

describe.each([...CASES])('a $dialect client of $provider that leaves $name', (scene) => {
  test('ends the call at the provider at once and frees its slot and its money', async () => {
    const { entry, noticedMs, row } = await leave(scene)
    expect(entry.outcome).toBe('aborted')
    expect(noticedMs).toBeLessThan(PROMPTLY_MS)
    expect(row).toMatchObject({ outcome: 'client-gone', stream: scene.mode === 'stream' })
    ended.push({ attemptId: entry.attemptId ?? '', entry })
    // The key has one slot; the next request gets it.
    const next = await ask(house.url, {
      dialect: scene.dialect,
      mode: scene.mode,
      model: `${scene.provider}/echo`,
      text: 'Next.',
      key: house.key('one'),
      maxTokens: 16,
    })
    expect(next).toMatchObject({ status: 200, text: 'Next.' })
  })
})

describe('afterwards', () => {
  let ledger: readonly LedgerRow[]
  beforeAll(async () => {
    const metrics = await (await house.gateway.askAdmin('/metrics')).text()
    expect(metrics.split('\n')).toContain('gatehouse_requests_in_flight 0')
    expect(metrics.split('\n')).toContain('gatehouse_ledger_open_attempts 0')
    ledger = (await house.close()).ledger
  })

  test('every attempt that was left has one row, and it is charged', () => {
    expect(ended).toHaveLength(CASES.length)
    for (const { attemptId, entry } of ended) {
      const rows = ledger.filter(({ id }) => id === attemptId)
      expect(rows).toHaveLength(1)
      expect(rows[0]).toMatchObject({
        outcome: 'cancelled',
        basis: expect.stringMatching(/counted|timed|reported-partial/),
      })
      expect(rows[0]?.usage.inputTokens).toBe(entry.usage?.inputTokens ?? rows[0]?.usage.inputTokens ?? -1)
      expect(rows[0]?.costNanoUsd).toBeGreaterThan(0n)
    }
  })

  test('nothing was held back and nothing was written twice', () => {
    expect(new Set(ledger.map(({ id }) => id)).size).toBe(ledger.length)
    expect(ledger).toHaveLength(house.provider.bill.entries().length)
    expect(house.gateway.log).toEqual([])
  })
})

test('a client that leaves while a wait for a retry is on is not retried for', async () => {
  const own = await openHouse({
    config: { routes: { wait: ['first/fault?kind=status-503&retry-after=2', 'second/echo'] } },
  })
  const controller = new AbortController()
  const arrives = own.provider.requests.next()
  const line = new Promise<RequestRow>((resolve) => own.gateway.gatehouse.onRequest(resolve))
  const answering = send(own.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'wait',
    key: own.key(),
    signal: controller.signal,
  }).catch(() => undefined)
  const { ordinal } = await arrives
  await own.provider.bill.settled(ordinal)
  controller.abort()
  await answering
  expect(await line).toMatchObject({ outcome: 'client-gone' })
  await own.close()
  expect(own.provider.bill.entries()).toHaveLength(1)
})
