import { describe, expect, test } from 'bun:test'
import { Flights } from '../../caching/flights.ts'
import { DEFAULT_CACHE, type CacheTerms } from '../../exchange/cache.ts'
import { sampleCaller, type SampleKey } from '../../exchange/caller.fixture.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { RequestOptions } from '../../exchange/request-options.ts'
import { Trail } from '../../exchange/trail.ts'
import { createIds } from '../../kit/ids.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createMemoryAnswers } from '../../store/memory/answers.ts'
import type { Admission } from '../policy.ts'
import {
  answer,
  createRecordingTelemetry,
  drain,
  playSource,
  respond,
  sampleExchange,
} from '../samples.fixture.ts'
import { createCacheAnswers } from './cache-answers.ts'
import { partingAnswers } from './parting-answers.ts'

const TARGET = sampleTarget('one/a')
const TARGETS = [TARGET, sampleTarget('two/b')]
const MINUTE = 60_000
const FAILED = new Failure('no-candidate')

interface Asking {
  readonly text?: string
  readonly options?: RequestOptions
  readonly key?: SampleKey
  readonly id?: string
  readonly headers?: Readonly<Record<string, string>>
}

function openWorld(terms: Partial<CacheTerms> = {}) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const answers = createMemoryAnswers(1_000_000)
  const flights = new Flights()
  const asked: Exchange[] = []
  let says: string | Failure = 'first'
  let admit: Admission = (exchange) => exchange
  let meanwhile = (): void => undefined
  const layer = createCacheAnswers({
    answers,
    flights,
    clock,
    telemetry,
    ids: createIds(clock, createSeededRandom(1)),
    admitRefresh: (exchange) => admit(exchange),
  })
  const handle = layer((exchange) => {
    asked.push(exchange)
    meanwhile()
    return says instanceof Failure
      ? Promise.reject(says)
      : Promise.resolve(respond(TARGET, playSource([answer(says)])))
  })
  const route = sampleRoute(TARGETS, { cache: { ...DEFAULT_CACHE, ttlMs: MINUTE, ...terms } })
  const ask = async ({ text = 'Why?', options = {}, key, id = 'req_1', headers = {} }: Asking = {}) => {
    const trail = new Trail()
    const request = sampleChat({
      temperature: 0,
      turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
    })
    const exchange = sampleExchange({
      id,
      request,
      route,
      trail,
      requestOptions: options,
      caller: sampleCaller(key),
      startedAtMs: clock.nowMs(),
      envelope: { ...sampleExchange().envelope, forwarded: {}, header: (name) => headers[name] },
    })
    const { source } = await handle(exchange)
    const said = (await drain(source)).map((event) => ('text' in event ? event.text : '')).join('')
    return `${said} ${trail.cache?.outcome}`
  }
  return {
    ask,
    asked,
    answers,
    flights,
    clock,
    telemetry,
    say: (next: string | Failure) => void (says = next),
    admitBy: (next: Admission) => void (admit = next),
    doMeanwhile: (next: () => void) => void (meanwhile = next),
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

describe('an answer that is stale', () => {
  test('is given to all while one new one is fetched, for which nobody waits', async () => {
    const { ask, asked, clock, say, flights } = openWorld({ staleWhileRevalidateMs: MINUTE })
    await ask()
    clock.advance(MINUTE + 1)
    say('second')
    const given = await Promise.all([ask({ id: 'req_2' }), ask(), ask()])
    expect(given).toEqual(['first stale', 'first stale', 'first stale'])
    await turns()
    expect(asked).toHaveLength(2)
    expect(asked[1]).toMatchObject({ asked: { purpose: 'refresh', parentId: 'req_2' } })
    expect(flights.refreshes).toBe(0)
    expect(await ask()).toBe('second hit')
  })

  test('is fetched anew by an exchange that ends, on the terms of the first and with time of its own', async () => {
    const { ask, asked, clock, admitBy } = openWorld({ staleWhileRevalidateMs: MINUTE })
    await ask()
    clock.advance(MINUTE + 1)
    const ended: unknown[] = []
    admitBy((exchange) => {
      exchange.trail.onEnd({ onEnd: (failure) => void ended.push(failure) })
      return exchange
    })
    await ask({ options: { region: 'eu' } })
    await ask({ options: { strict: true } })
    await turns()
    await ask()
    await turns()
    // Those two asked something else, for which nothing was kept.
    expect(asked.map(({ asked: by }) => by?.purpose)).toEqual([undefined, undefined, undefined, 'refresh'])
    expect(asked[3]?.startedAtMs).toBe(clock.nowMs())
    expect(ended).toEqual([undefined])
  })

  test('stays where no new one may be paid for, or none can be had, and is tried again', async () => {
    const { ask, asked, clock, say, admitBy, telemetry } = openWorld({ staleWhileRevalidateMs: MINUTE })
    await ask()
    clock.advance(MINUTE + 1)
    say('second')
    admitBy(() => {
      throw new Failure('budget-exceeded')
    })
    expect(await ask()).toBe('first stale')
    await turns()
    expect(asked).toHaveLength(1)
    admitBy((exchange) => exchange)
    say(FAILED)
    expect(await ask()).toBe('first stale')
    await turns()
    expect(asked).toHaveLength(2)
    say('third')
    expect(await ask()).toBe('first stale')
    await turns()
    expect(await ask()).toBe('third hit')
    expect(telemetry.counts.get('gatehouse_cache_refreshes_total{route=sample,outcome=failed}')).toBe(2)
    expect(telemetry.counts.get('gatehouse_cache_refreshes_total{route=sample,outcome=ok}')).toBe(1)
  })

  test('is not given when its time is over, nor to who wants none so old', async () => {
    const { ask, clock, say } = openWorld({ staleWhileRevalidateMs: MINUTE })
    await ask()
    clock.advance(MINUTE + 1)
    say('second')
    expect(await ask({ headers: { 'cache-control': 'max-age=30' } })).toBe('second miss')
    clock.advance(2 * MINUTE + 1)
    say('third')
    expect(await ask()).toBe('third miss')
  })

  test('is given no longer than was said when it was kept, whatever is said since', async () => {
    const { ask, clock, say, asked } = openWorld({ staleIfErrorMs: 10 * MINUTE })
    await ask({ options: { cache: { ttlMs: 1_000 } } })
    clock.advance(1_001)
    say('second')
    expect(await ask()).toBe('second miss')
    expect(asked).toHaveLength(2)
  })

  test('is given where nobody answers, as long as the route says, and not for what the client has done wrong', async () => {
    const { ask, clock, say } = openWorld({ staleIfErrorMs: MINUTE })
    await ask()
    clock.advance(MINUTE + 1)
    say(FAILED)
    expect(await ask()).toBe('first stale')
    say(new Failure('invalid-request'))
    expect(await ask().catch(toFailure)).toMatchObject({ code: 'invalid-request' })
    await turns()
    say(FAILED)
    clock.advance(MINUTE)
    expect(await ask().catch(toFailure)).toMatchObject({ code: 'no-candidate' })
  })
})

test('a route that keeps several answers gives a session the same one', async () => {
  const { ask, say } = openWorld({ buckets: 4 })
  const sessions = Array.from({ length: 40 }, (_, index) => `session ${index}`)
  const first = new Map<string, string>()
  for (const [index, session] of sessions.entries()) {
    say(`answer ${index}`)
    const [said = ''] = (await ask({ options: { session } })).split(/ (?:miss|hit)$/)
    first.set(session, said)
  }
  expect(new Set(first.values()).size).toBe(4)
  for (const session of sessions)
    expect(await ask({ options: { session } })).toBe(`${first.get(session)} hit`)
})

describe('what is kept', () => {
  test('bears the tags of its route and of the request, and for how long it is kept', async () => {
    const { ask, answers, clock } = openWorld({
      tags: ['faq'],
      staleIfErrorMs: 3 * MINUTE,
      staleWhileRevalidateMs: MINUTE,
    })
    const kept: unknown[] = []
    const put = answers.put.bind(answers)
    answers.put = (one) => {
      kept.push(one)
      put(one)
    }
    await ask({ options: { cache: { tags: ['today'], ttlMs: 30_000 } } })
    expect(kept).toMatchObject([
      {
        owner: 'key:key000000001',
        route: 'sample',
        tags: ['faq', 'today'],
        freshUntilMs: clock.nowMs() + 30_000,
        endsAtMs: clock.nowMs() + 30_000 + 3 * MINUTE,
      },
    ])
  })

  test('is kept for as long as a header of another gateway says, and no longer than the route does', async () => {
    const { ask, clock } = openWorld()
    await ask({ headers: { 'cf-aig-cache-ttl': '10' } })
    expect(await ask()).toBe('first hit')
    clock.advance(10_000)
    expect(await ask({ headers: { 'cf-aig-cache-ttl': '86400' } })).toBe('first miss')
    clock.advance(MINUTE)
    expect(await ask()).toBe('first miss')
    expect(await ask({ headers: { 'cf-aig-skip-cache': 'true' } })).toBe('first bypass')
    expect(await ask({ headers: { 'x-portkey-cache-force-refresh': 'true' } })).toBe('first refresh')
  })

  test('by a call that was under way when others were removed is none, and nobody joins it', async () => {
    const { ask, answers, flights, doMeanwhile, say } = openWorld()
    const cleared = partingAnswers(answers, flights)
    await ask()
    doMeanwhile(() => {
      void cleared.purge({ tag: 'faq' })
      expect(flights.isOpen([...keys].at(-1) ?? '')).toBe(false)
    })
    const keys = new Set<string>()
    const begin = flights.begin.bind(flights)
    flights.begin = (key, keeper) => {
      keys.add(key)
      return begin(key, keeper)
    }
    expect(await ask({ text: 'And then?' })).toBe('first miss')
    doMeanwhile(() => undefined)
    say('second')
    expect(await ask({ text: 'And then?' })).toBe('second miss')
    expect(await ask({ text: 'And then?' })).toBe('second hit')
    // What lies there and was not meant stays.
    expect(await ask()).toBe('first hit')
  })

  test('in a time that has not come yet, as the clock was wrong, is none', async () => {
    const { ask, answers, say } = openWorld()
    const put = answers.put.bind(answers)
    let aheadMs = 365 * 86_400_000
    answers.put = (one) =>
      put({
        ...one,
        atMs: one.atMs + aheadMs,
        freshUntilMs: one.freshUntilMs + aheadMs,
        endsAtMs: one.endsAtMs + aheadMs,
      })
    await ask()
    say('second')
    // A clock that is set right by little jumps too.
    aheadMs = 5_000
    expect(await ask()).toBe('second miss')
    expect(await ask()).toBe('second hit')
  })

  test('and is damaged, or stands under another key than it was given for, is removed and told', async () => {
    const { ask, answers, telemetry, say } = openWorld()
    const kept: Parameters<typeof answers.put>[0][] = []
    const put = answers.put.bind(answers)
    answers.put = (one) => {
      kept.push(one)
      put(one)
    }
    await ask({ text: 'What is mine?' })
    await ask({ text: 'What is yours?' })
    const [mine, yours] = kept
    if (mine === undefined || yours === undefined) throw new Error('two answers were kept')
    put({ ...mine, text: `${mine.text.slice(0, -20)}${'x'.repeat(20)}` })
    put({ ...yours, text: mine.text })
    say('second')
    expect(await ask({ text: 'What is mine?' })).toBe('second miss')
    expect(await ask({ text: 'What is yours?' })).toBe('second miss')
    expect(telemetry.counts.get('gatehouse_cache_answers_total{outcome=damaged}')).toBe(2)
    expect(telemetry.lines).toHaveLength(2)
  })

  test('by a model that a key may not use is not given to it', async () => {
    const { ask } = openWorld({ scope: 'shared' })
    expect(await ask({ key: { models: ['*'] } })).toBe('first miss')
    expect(await ask()).toBe('first hit')
    expect(await ask({ key: { models: ['sam*'] } })).toBe('first hit')
    expect(await ask({ key: { models: ['one/*'] } })).toBe('first miss')
    expect(await ask({ key: { models: ['two/*'] } })).toBe('first miss')
  })

  test('for one owner is looked for under no other key by anybody else', async () => {
    const { ask, answers } = openWorld({ scope: 'team' })
    const sought: string[] = []
    const find = answers.find.bind(answers)
    answers.find = (key, nowMs) => {
      sought.push(key)
      return find(key, nowMs)
    }
    const teams = ['red', 'blue'].map((team) => ({ owners: { key: `key of ${team}`, team } }))
    for (const key of [...teams, ...teams]) await ask({ key })
    // One look each, under a key that the owner is part of: nothing tells that another has asked.
    expect(sought).toHaveLength(4)
    expect(new Set(sought).size).toBe(2)
  })

  test('for one owner is read along by nobody else', async () => {
    const { ask, asked } = openWorld({ scope: 'team' })
    const teams = ['red', 'blue'].map((team) => ({ owners: { key: `key of ${team}`, team } }))
    const said = await Promise.all([...teams, ...teams].map((key) => ask({ key })))
    expect(said).toEqual(['first miss', 'first miss', 'first coalesced', 'first coalesced'])
    expect(asked).toHaveLength(2)
  })

  test('and cannot be read is asked for', async () => {
    const { ask, answers, telemetry } = openWorld()
    answers.find = () => {
      throw new Error('the disk is gone')
    }
    expect(await ask()).toBe('first miss')
    Object.assign(answers, { find: () => Promise.reject(new Error('the disk is gone')) })
    expect(await ask()).toBe('first miss')
    expect(telemetry.lines).toEqual([
      'warn: kept answers cannot be read',
      'warn: kept answers cannot be read',
    ])
  })
})
