import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { OPTION_NAMES } from '../../src/exchange/request-options.ts'
import { readString, type Json } from '../../src/kit/json.ts'
import { ask, type Answer } from '../journeys/asking.ts'
import { expectBill } from '../journeys/expect-bill.ts'
import { openHouse, providerEntry, type House } from '../journeys/open-house.ts'
import { MODES } from '../modes.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { everyRoute } from './every-route.ts'

/*
 * Absurd wishes, headers, tags and names of models, on routes that have everything: a client gets an answer or its own mistake, nobody
 * pays what is not on the bill, and nothing that it writes is kept as the name of anything.
 */

const AT_ONCE = 8
/** Clients' words of which every trace would be found. */
const WORD = 'wordofaclient'

const PRICE = { price: { input: 1, output: 2 } }
const models = { 'ours/small': PRICE, 'ours/smart': PRICE, 'spare/echo': PRICE, 'spare/judge': PRICE }
const routes = everyRoute({
  targets: ['ours/small', 'ours/smart'],
  other: 'spare/echo',
  judge: 'spare/judge',
})
const NAMES = Object.keys(routes)

const NUMBERS: readonly Json[] = [0, -1, 1, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, 600_000, 30_000]
const TEXTS: readonly Json[] = [
  '',
  ' ',
  'true',
  'a',
  '\u00e9',
  'eu',
  '0x10',
  '1e999',
  'NaN',
  'Infinity',
  '-0',
  '0.02',
  ',,,',
  'a,b,eu',
  'x'.repeat(200),
  'x'.repeat(201),
  'x'.repeat(9_000),
  '\ud800',
  '\u0000',
  '../..',
  '__proto__',
  'constructor',
  'ours',
  'ours/small',
  'spare',
  'nobody/at-all',
  'stable',
  'other',
  'canary',
]
const ABSURD: readonly Json[] = [
  null,
  true,
  false,
  ...NUMBERS,
  ...TEXTS,
  [],
  [[]],
  ['eu'],
  ['ours'],
  Array.from({ length: 17 }, () => 'a'),
  Array.from({ length: 3_000 }, () => 'ours'),
  {},
  { order: ['ours/smart'], ignore: ['ours/small'] },
  { only: ['nobody'] },
  { ignore: ['ours', 'spare'] },
  { allow_fallbacks: 'perhaps' },
  { max_price: { prompt: -1, completion: '1e999' } },
  { max_price: { prompt: 0.000_001 } },
  { constructor: { prototype: 1 } },
]
const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ABSURD) },
  { weight: 1, arbitrary: fc.nat(1e6).map((number): Json => `${WORD}${number}`) },
)
const optionName = fc.constantFrom(...Object.values(OPTION_NAMES), 'nothing', 'constructor')

/** Servers refuse heads of more than sixteen thousand characters themselves. */
const LONGEST_HEADER = 1_000

const HEADER_VALUES = ABSURD.filter(
  (one): one is string =>
    typeof one === 'string' && one.length < LONGEST_HEADER && /^[\u0020-\u007e\u00e9]*$/.test(one),
)

const ODD_NAMES = [
  '',
  ' ',
  'ordered ',
  'ORDERED',
  'ours/',
  '/',
  'ours/small?x=1',
  'ours/../small',
  'auto',
  'x'.repeat(9_000),
  '__proto__',
  'constructor',
  'toString',
  'ordered\u0000',
  '\u00e9',
  'spare/nothing',
]

const REQUESTS = fc.record({
  model: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...NAMES) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(...ODD_NAMES),
    },
    { weight: 1, arbitrary: fc.nat(1e6).map((number) => `${WORD}${number}`) },
  ),
  dialect: fc.constantFrom('openai-chat', 'anthropic-messages', 'openai-responses'),
  mode: fc.constantFrom(...MODES),
  key: fc.constantFrom('dev', 'dev', 'dev', 'narrow'),
  written: fc.oneof(fc.constant<Record<string, Json>>({}), fc.dictionary(optionName, value, { maxKeys: 2 })),
  said: fc.oneof(
    fc.constant<Record<string, string>>({}),
    fc.dictionary(optionName, fc.constantFrom(...HEADER_VALUES), { maxKeys: 1 }),
  ),
  headers: fc.dictionary(
    fc.constantFrom('x-tier', 'x-match', 'user-agent', 'x-other', 'x-forwarded-for', 'x-request-id'),
    fc.constantFrom('gold', ...HEADER_VALUES),
    { maxKeys: 2 },
  ),
  note: fc.constantFrom(undefined, 'a', `${'a'.repeat(400)}!`, 5, {}, `${WORD}5`),
  text: fc.constantFrom('Say 2 + 2.', '', 'x'.repeat(6_000), 'Hello?'),
})

let house: House
let answered = 0

beforeAll(async () => {
  house = await openHouse({
    config: { models, routes },
    providers: (url) => ({
      ours: providerEntry(url, { tags: ['ours'] }),
      spare: providerEntry(url, { tags: ['ours'] }),
    }),
    keys: {
      narrow: { allow: ['tags', 'session'], models: NAMES.slice(0, 9), budget: { usd: 0.01, per: 'day' } },
    },
  })
}, PATIENCE_MS)
afterAll(async () => {
  await house.close()
}, PATIENCE_MS)

/** A request may be given less time than anybody can answer in. */
const MEANT = new Set([504])

function wrongIn({ status, complete, error, wire }: Answer): string | undefined {
  if (status === 200) {
    if (!complete && error === undefined) return 'silence'
    answered += 1
    return undefined
  }
  if (status >= 500 && !MEANT.has(status)) return `${status}: ${wire}`
  return (readString(error ?? {}, 'message') ?? '') === '' ? `no message: ${status} ${wire}` : undefined
}

const linesOf = async (): Promise<readonly string[]> => {
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  return metrics.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

test(
  'whatever a client wishes for, on whatever route, it gets an answer or its own mistake',
  async () => {
    const complaints = new Complaints()
    const cases = sample(REQUESTS, 400)
    let next = 0
    const work = async (): Promise<void> => {
      for (let one = cases[next++]; one !== undefined; one = cases[next++]) {
        const { written, said, note, ...question } = one
        const wishes = Object.entries(said).map(([name, text]) => [
          `x-gatehouse-${name.replaceAll('_', '-')}`,
          text,
        ])
        const told = await ask(house.url, {
          ...question,
          key: house.key(one.key),
          headers: { ...one.headers, ...Object.fromEntries(wishes) },
          extra: { gatehouse: written, ...(note !== undefined && { metadata: { note } }) },
        }).catch(String)
        complaints.add(typeof told === 'string' ? told : wrongIn(told), JSON.stringify(one))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(complaints.all).toEqual([])
    expect(answered).toBeGreaterThan(100)
  },
  PATIENCE_MS,
)

test(
  'nothing of it is a defect, is left over, names a series, or is paid without being on the bill',
  async () => {
    const lines = await linesOf()
    expect(lines.filter((line) => line.includes(WORD))).toEqual([])
    expect(lines.filter((line) => /requests_in_flight.* [1-9]/.test(line))).toEqual([])
    expect(house.gateway.log.filter((line) => readString(JSON.parse(line), 'level') === 'error')).toEqual([])
    const { bill } = house.provider
    const records = await house.close()
    const { exact } = await expectBill({ records, bill, models })
    expect(exact).toBeGreaterThan(100)
  },
  PATIENCE_MS,
)
