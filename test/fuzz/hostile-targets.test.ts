import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { readString } from '../../src/kit/json.ts'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { ask, type Answer } from '../journeys/asking.ts'
import { expectBill } from '../journeys/expect-bill.ts'
import { openHouse, providerEntry, type House } from '../journeys/open-house.ts'
import { MODES } from '../modes.ts'
import { hear, type Heard } from '../wire/hear.ts'
import type { Counts } from '../wire/wire-format.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { everyRoute } from './every-route.ts'

/*
 * A target that says absurd things of its limits, of how long to wait, of what was used and of whether an answer is good, that drips, or says
 * nothing, on routes that have everything. Each case has a provider of its own, which nobody rests yet, and a good one beside it.
 */

const AT_ONCE = 8
const TEXT = 'The answer is 4.'

const ABSURD = [
  '',
  '-1',
  '0',
  '1e999',
  'NaN',
  'Infinity',
  '0x10',
  '999999999999999',
  '\u00e9',
  '9'.repeat(400),
  'soon',
  '1ms,',
]
const absurd = fc.constantFrom(...ABSURD)
/** Numbers of a report as they are written; `#` is taken off, so that what is behind it stands bare. */
const counted = fc.constantFrom<number | string>(-5, 0, 1.5, 1e15, 1e300, '#1e999', 'NaN', '12', 7)
const VERDICTS = ['', '{', 'yes', '{"acceptable":"no","score":"high"}', '{"acceptable":true,"score":1e999}']
const MORE_VERDICTS = ['{"acceptable":false,"score":-3}', '{"score":null}', '[]', '"'.repeat(500), TEXT]

const NAMES = Object.keys(everyRoute({ targets: [], other: '', judge: '' }))
/** Who in the route is hostile. */
const ROLES = ['first', 'first', 'first', 'last', 'other', 'judge'] as const

const CASES = sample(
  fc.record({
    name: fc.constantFrom(...NAMES),
    role: fc.constantFrom(...ROLES),
    mode: fc.constantFrom(...MODES),
    headers: fc.dictionary(
      fc.constantFrom(
        'retry-after',
        'retry-after-ms',
        'x-should-retry',
        ...['limit', 'remaining', 'reset'].flatMap((what) => [
          `x-ratelimit-${what}-requests`,
          `x-ratelimit-${what}-tokens`,
        ]),
      ),
      absurd,
      { maxKeys: 5 },
    ),
    comes: fc.constantFrom(
      'whole',
      'whole',
      'whole',
      'drip',
      'cut',
      'empty',
      'hollow',
      'silence',
      '429',
      '503',
      '529',
    ),
    text: fc.constantFrom(TEXT, TEXT, ...VERDICTS, ...MORE_VERDICTS),
    used: fc.option(fc.record({ input: counted, output: counted }), { nil: undefined }),
  }),
  160,
)
type Case = (typeof CASES)[number]

const PRICE = { price: { input: 1, output: 2 } }
const GOOD = ['good/small', 'good/smart'] as const
const models = Object.fromEntries(
  [
    'good/small',
    'good/smart',
    'good/echo',
    'good/judge',
    ...CASES.map((_, index) => `p${index}/m${index}`),
  ].map((model) => [model, PRICE]),
)

/** An arm has nobody behind it: whoever is in it gets what it says. */
const roleIn = ({ name, role }: Case): Case['role'] => (name === 'split' && role === 'other' ? 'first' : role)

function routesOf(one: Case, index: number) {
  const bad = `p${index}/m${index}`
  const role = roleIn(one)
  const targets = { first: [bad, GOOD[0]], last: [GOOD[0], bad], other: GOOD, judge: GOOD }[role]
  const other = role === 'other' ? bad : 'good/echo'
  const judge = role === 'judge' ? bad : 'good/judge'
  // Who takes requests of any name would take all of them.
  const { match: _, ...route } = everyRoute({ targets, other, judge })[one.name] ?? {}
  return [`r${index}`, route] as const
}

/** Numbers that are texts of the form `#1e999` are written as they are. */
const asSaid = (json: string): string => json.replaceAll(/"#([^"]*)"/g, '$1')

let upstream: RawUpstream
let house: House
let heardOf = 0
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

async function answer(call: RawCall): Promise<void> {
  const heard = hear(call)
  const one = CASES[Number(heard.model.slice(1))]
  if (one === undefined) return call.reset()
  heardOf += 1
  if (one.comes === 'silence') return
  const status = /^\d/.test(one.comes) ? `${one.comes} Odd` : '200 OK'
  const isStream = heard.mode === 'stream' && status === '200 OK'
  const type = isStream ? 'text/event-stream' : 'application/json'
  call.write(rawHead(status, { ...one.headers, 'content-type': type, 'transfer-encoding': 'chunked' }))
  await write(call, bytesOf(heard, one, isStream), one)
}

/** What is said, as far as it is said. */
function bytesOf({ wire }: Heard, { comes, text, used }: Case, isStream: boolean): string {
  const counts: Counts | undefined = used
  if (comes === 'empty') return ''
  if (comes === 'hollow') return isStream ? 'data: {}\n\ndata: {"choices":[]}\n\n' : '{"choices":[]}'
  if (/^\d/.test(comes)) return asSaid(JSON.stringify(wire.error({ status: 429, message: 'no' }, counts)))
  if (!isStream) return asSaid(JSON.stringify(wire.whole(text, counts)))
  const { start, words, finish, end } = wire.stream(text.match(/.{1,4}/g) ?? [], counts)
  return asSaid([...start, ...words, ...finish, end].join(''))
}

async function write(call: RawCall, bytes: string, { comes }: Case): Promise<void> {
  if (comes === 'drip') {
    for (let at = 0; at < bytes.length; at += 40) {
      call.chunk(bytes.slice(at, at + 40))
      if (!(await call.wait(2))) return
    }
  } else if (bytes !== '') call.chunk(comes === 'cut' ? bytes.slice(0, bytes.length * 0.6) : bytes)
  if (comes !== 'cut') return call.write(RAW_LAST_CHUNK)
  await call.wait(10)
  call.reset()
}

beforeAll(async () => {
  process.on('unhandledRejection', note)
  upstream = await openRawUpstream(answer)
  const timeout = { connect: '1s', first_token: '300ms', idle: '300ms', total: '2s' }
  house = await openHouse({
    config: { models, routes: Object.fromEntries(CASES.map(routesOf)) },
    providers: (url) => ({
      good: providerEntry(url, { tags: ['ours'] }),
      ...Object.fromEntries(
        CASES.map((_, index) => [
          `p${index}`,
          providerEntry(upstream.url, { type: 'openai', dialects: ['openai-chat'], tags: ['ours'], timeout }),
        ]),
      ),
    }),
    keys: { payer: { budget: { usd: 1_000, per: 'day' } } },
  })
}, PATIENCE_MS)
afterAll(async () => {
  process.off('unhandledRejection', note)
  await house.close()
  await upstream.close()
}, PATIENCE_MS)

/** There is somebody who can answer: only what was shown and broke off may fail. */
function wrongIn({ status, complete, error, wire }: Answer): string | undefined {
  if (status !== 200) return `${status}: ${wire}`
  return complete === (error !== undefined)
    ? `${complete ? 'an end and an error' : 'silence'}: ${wire}`
    : undefined
}

test(
  'whatever a target says of itself, the client is answered by it or by the next',
  async () => {
    const complaints = new Complaints()
    let next = 0
    const work = async (): Promise<void> => {
      for (let index = next++; index < CASES.length; index = next++) {
        const one = CASES[index]
        if (one === undefined) return
        const question = {
          dialect: 'openai-chat',
          mode: one.mode,
          model: `r${index}`,
          text: 'What is 2 + 2?',
        } as const
        const told = await ask(house.url, { ...question, key: house.key('payer') }).catch(String)
        complaints.add(typeof told === 'string' ? told : wrongIn(told), JSON.stringify(one))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(complaints.all).toEqual([])
    expect(heardOf).toBeGreaterThan(CASES.length / 2)
  },
  PATIENCE_MS,
)

test(
  'and nothing of it is a defect, is booked as it cannot be, or is believed of the future',
  async () => {
    const metrics = await (await house.gateway.askAdmin('/metrics')).text()
    expect(metrics.split('\n').filter((line) => / (NaN|[+-]?Inf)$/.test(line))).toEqual([])
    expect(house.gateway.log.filter((line) => readString(JSON.parse(line), 'level') === 'error')).toEqual([])
    expect(unhandled).toEqual([])
    const { bill } = house.provider
    const records = await house.close()
    const odd = records.ledger.filter(
      ({ usage, costNanoUsd = 0n, chargedNanoUsd = 0n }) =>
        costNanoUsd < 0n ||
        chargedNanoUsd < 0n ||
        Object.values(usage).some(
          (count) => typeof count === 'number' && !(Number.isSafeInteger(count) && count >= 0),
        ),
    )
    expect(odd).toEqual([])
    await expectBill({ records, bill, models, unbilled: CASES.map((_, index) => `p${index}`) })
  },
  PATIENCE_MS,
)
