import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Usage } from '../../src/exchange/usage.ts'
import { readString } from '../../src/kit/json.ts'
import { parseUsd } from '../../src/kit/money.ts'
import { costOf } from '../../src/pricing/cost.ts'
import type { LedgerRow } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, SETTINGS, type ClientDialect, type Setting } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import type { WireFormat } from '../wire/wire-format.ts'
import { ask, send } from './asking.ts'
import {
  INPUT_TOKENS,
  MOST_OUTPUT,
  openHostileProvider,
  type Ending,
  type HostileProvider,
} from './hostile-provider.ts'
import { openHouse, type House } from './open-house.ts'

/** Providers that bill what they did, and let the house know more or less of it. */
const HONEST = {
  whole: { tells: 'at-the-end', comes: 'all' },
  'whole-told-as-it-goes': { tells: 'as-it-goes', comes: 'all' },
  'whole-untold': { tells: 'nothing', comes: 'all' },
  cut: { tells: 'at-the-end', comes: 'cut' },
  'cut-told-as-it-goes': { tells: 'as-it-goes', comes: 'cut' },
  'cut-untold-and-billed-to-the-end': { tells: 'nothing', comes: 'cut', goesOn: true },
  left: { tells: 'at-the-end', comes: 'cut', leaves: 'reading' },
  'left-told-as-it-goes': { tells: 'as-it-goes', comes: 'cut', leaves: 'reading' },
  'left-and-billed-to-the-end': { tells: 'nothing', comes: 'cut', leaves: 'reading', goesOn: true },
  'left-in-thought': { tells: 'nothing', comes: 'silence', leaves: 'waiting', goesOn: true },
  'error-with-usage': { tells: 'at-the-end', comes: 'error' },
  'error-400-with-usage': { tells: 'at-the-end', comes: 'error', status: 400 },
  'error-429-with-usage': { tells: 'at-the-end', comes: 'error', status: 429 },
  'error-500-with-usage': { tells: 'at-the-end', comes: 'error', status: 500 },
  'error-500-for-nothing': { tells: 'nothing', comes: 'error', status: 500, free: true },
} as const satisfies Record<string, Ending>

/** Providers that say what cannot be; all answers come whole. */
const LIARS = {
  vast: { tells: 'at-the-end', comes: 'all', lies: { input: 1e300, output: 1e300 } },
  infinite: { tells: 'at-the-end', comes: 'all', lies: { input: '#1e999', output: '#1e999' } },
  negative: { tells: 'at-the-end', comes: 'all', lies: { input: -5, output: -5 } },
  fractional: { tells: 'at-the-end', comes: 'all', lies: { input: 50.5, output: 40.25 } },
  zero: { tells: 'at-the-end', comes: 'all', lies: { input: 0, output: 0 } },
  'beyond-the-limit': { tells: 'at-the-end', comes: 'all', lies: { output: 1e7 } },
  'vast-on-the-way': { tells: 'as-it-goes', comes: 'all', lies: { input: 1e15, output: 1e15 } },
} as const satisfies Record<string, Ending>

const ENDINGS: Readonly<Record<string, Ending>> = { ...HONEST, ...LIARS }
/** $1,000 a million both ways: a token is 1,000,000 nano-USD. */
const PRICE = { id: 'p', input: 1_000_000_000n, output: 1_000_000_000n, simulated: false }
const LIMIT_USD = 1_000
const TEXT = 'Tell me what they told you then. '.repeat(6)

interface Asking extends Setting {
  readonly ending: string
}

const ASKED: readonly Asking[] = SETTINGS.flatMap((setting) =>
  Object.keys(ENDINGS).map((ending) => ({ ...setting, ending })),
)

let provider: HostileProvider
let house: House
let ledger: readonly LedgerRow[]
let spentNanoUsd: bigint

/** Asks, and reads the answer as far as the ending wants it read. */
async function live({ dialect, mode, spoken, ending }: Asking): Promise<void> {
  const controller = new AbortController()
  const { signal } = controller
  const question = {
    dialect,
    mode,
    model: `${spoken}/${ending}`,
    key: house.key('crowd'),
    text: TEXT,
    maxTokens: MOST_OUTPUT,
  }
  const { leaves } = ENDINGS[ending] ?? {}
  if (leaves === undefined) {
    await ask(house.url, question)
    return
  }
  const before = provider.bill.size
  const answering = send(house.url, { ...question, signal })
  if (leaves === 'reading' && mode === 'stream') await (await answering).body?.getReader().read()
  else while (provider.bill.size === before) await new Promise(setImmediate)
  controller.abort()
  await answering.then(
    () => undefined,
    () => undefined,
  )
}

beforeAll(async () => {
  provider = await openHostileProvider(ENDINGS)
  house = await openHouse({
    providers: () =>
      Object.fromEntries(
        CLIENT_DIALECTS.map((spoken) => [
          spoken,
          { base_url: provider.url, dialects: [spoken], key: 'env:PROVIDER_KEY' },
        ]),
      ),
    config: {
      models: Object.fromEntries(
        CLIENT_DIALECTS.flatMap((spoken) =>
          Object.keys(ENDINGS).map((ending) => [
            `${spoken}/${ending}`,
            { price: { input: 1_000, output: 1_000 } },
          ]),
        ),
      ),
    },
    keys: { crowd: { budget: { usd: LIMIT_USD, per: 'total' } } },
  })
  for (const asking of ASKED) await live(asking)
  // More than is left: the refusal says what the budget was charged.
  const refused = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'openai-chat/whole',
    key: house.key('crowd'),
    maxTokens: LIMIT_USD * 1_000,
  })
  expect(refused.status).toBe(402)
  spentNanoUsd = parseUsd(readString(refused.error ?? {}, 'spent_usd') ?? '') ?? 0n
  ledger = (await house.close()).ledger
})
afterAll(async () => {
  await house.close()
  await provider.close()
})

const endingOf = ({ target }: LedgerRow): string => target.slice(target.indexOf('/') + 1)
const charged = ({ chargedNanoUsd, costNanoUsd = 0n }: LedgerRow): bigint => chargedNanoUsd ?? costNanoUsd
const wireOf = ({ target }: LedgerRow): WireFormat =>
  WIRES[target.slice(0, target.indexOf('/')) as ClientDialect]
const rowsOf = (endings: object): LedgerRow[] => ledger.filter((row) => endingOf(row) in endings)
const billOf = ({ id }: LedgerRow): bigint => {
  const usage = provider.bill.get(id)
  return usage === undefined ? 0n : (costOf(usage, PRICE) ?? 0n)
}
const outputOf = (row: LedgerRow): number => row.usage.outputTokens + row.usage.reasoningTokens

test('every attempt has its row, and budgets were charged what the rows say', () => {
  const rows = new Set(ledger.map(({ id }) => id))
  expect([...provider.bill.keys()].filter((id) => !rows.has(id))).toEqual([])
  // Some were never sent: a target that fails again and again is left alone for a while.
  expect(ledger.length).toBeGreaterThan(ASKED.length * 0.9)
  expect(spentNanoUsd).toBe(ledger.reduce((sum, row) => sum + charged(row), 0n))
})

describe('honest providers, whatever happens to their answers', () => {
  test('are never owed more than budgets were charged', () => {
    for (const row of rowsOf(HONEST)) {
      const { id } = row
      expect({ id, ending: endingOf(row), covered: charged(row) >= billOf(row) }).toMatchObject({
        covered: true,
      })
    }
  })

  test('are charged no more than was allowed', () => {
    const most = BigInt(MOST_OUTPUT + 2 * INPUT_TOKENS) * 1_000_000n
    for (const row of rowsOf(HONEST)) expect(charged(row)).toBeLessThanOrEqual(most)
  })

  test('have their bill in the ledger to the nano-dollar where it says that they reported it', () => {
    const reported = rowsOf(HONEST).filter(({ basis }) => basis === 'reported')
    expect(reported.length).toBeGreaterThan(ASKED.length / 5)
    for (const row of reported) {
      expect({ ending: endingOf(row), cost: row.costNanoUsd }).toEqual({
        ending: endingOf(row),
        cost: billOf(row),
      })
    }
  })

  test('are estimated from below by what they told and delivered, and never beyond what was allowed', () => {
    for (const row of rowsOf(HONEST)) {
      if (row.basis === 'reported' || row.basis === 'none') continue
      expect(row.usage.inputTokens).toBeWithin(INPUT_TOKENS * 0.7, INPUT_TOKENS * 1.4)
      expect(outputOf(row)).toBeLessThanOrEqual(MOST_OUTPUT)
      expect(row.costNanoUsd).toBeLessThanOrEqual(charged(row))
    }
  })

  test('keep what they told before they were cut', () => {
    const cut = rowsOf({ 'cut-told-as-it-goes': 1 }).filter((row) => wireOf(row).progress !== undefined)
    expect(cut.length).toBeGreaterThan(0)
    for (const row of cut) {
      expect(row.basis).toBe('reported-partial')
      const { outputTokens } = provider.bill.get(row.id) as Usage
      expect(outputOf(row)).toBeWithin(outputTokens, outputTokens + 6)
    }
  })

  test('are charged the usage that comes with an error, and nothing for an error alone', () => {
    const failed = rowsOf({
      'error-with-usage': 1,
      'error-400-with-usage': 1,
      'error-429-with-usage': 1,
      'error-500-with-usage': 1,
    }).filter((row) => wireOf(row).errorsTellUsage)
    for (const row of failed) {
      expect({ ending: endingOf(row), basis: row.basis, cost: row.costNanoUsd }).toEqual({
        ending: endingOf(row),
        basis: 'reported',
        cost: billOf(row),
      })
    }
    for (const row of rowsOf({ 'error-500-for-nothing': 1 }))
      expect(row).toMatchObject({ basis: 'none', costNanoUsd: 0n })
  })

  test('are never suspected', () => {
    for (const row of rowsOf(HONEST))
      expect({ ending: endingOf(row), anomalies: row.anomalies }).toEqual({
        ending: endingOf(row),
        anomalies: undefined,
      })
  })
})

describe('providers that lie', () => {
  test('are marked, and what they say is cut down to what can be', () => {
    const rows = rowsOf(LIARS)
    expect(rows).toHaveLength(SETTINGS.length * Object.keys(LIARS).length)
    for (const row of rows) {
      expect({ ending: endingOf(row), anomalies: row.anomalies }).toEqual({
        ending: endingOf(row),
        anomalies: expect.any(String),
      })
      for (const tokens of [row.usage.inputTokens, outputOf(row)]) expect(tokens).toBeWithin(1, 50_000)
    }
  })

  test('are said aloud', () => {
    const warned = house.gateway.log.filter((line) => line.includes('cannot be true'))
    expect(warned.length).toBeGreaterThanOrEqual(rowsOf(LIARS).length)
  })
})
