import { expect, test } from 'bun:test'
import { SCOPES } from '../../src/exchange/owner.ts'
import { NO_COUNTS } from '../../src/exchange/units.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { toLedgerText } from '../../src/store/ledger-text.ts'
import type { Condition, StoredField } from '../../src/store/request-query.ts'
import { toRequestText } from '../../src/store/request-text.ts'
import type { RequestRow, Store } from '../../src/store/store.ts'
import { MIDNIGHT_MS, requestRow } from './request-row.ts'

const FACTS = {
  'request.session': 's-1',
  'client.name': 'some-agent',
  'request.tags': ['nightly', 'customer:acme', 'tier=gold'],
}

const GUARDED = {
  step: 'guard',
  phase: 'input',
  verdicts: [
    { guardrail: 'quiet', verdict: 'passed' },
    { guardrail: 'customer-data', verdict: 'masked', found: { email: 2 } },
    { guardrail: 'tried-out', verdict: 'blocked', shadow: true },
  ],
}

/** A line with something in every field. */
const FULL: Partial<RequestRow> = {
  atMs: MIDNIGHT_MS + 1_000,
  dialect: 'other-chat',
  operation: 'embed',
  stream: true,
  requestedModel: 'sm[a]rt?',
  route: 'support',
  target: 'acme/large/v2',
  owners: Object.fromEntries(SCOPES.map((scope) => [scope, `some ${scope}`])),
  keyName: 'helpdesk',
  outcome: 'overloaded',
  status: 503,
  durationMs: 2_500.5,
  firstEventMs: 700,
  upstreamMs: 2_400,
  inputTokens: 1_000,
  outputTokens: 300,
  costNanoUsd: 9_007_199_254_740_993n,
  savedNanoUsd: -5n,
  cache: 'coalesced',
  estimated: true,
  simulated: true,
  attempts: 'acme/small=429/3ms, acme/large=200/5ms',
  notices: 'seed-dropped; tool-renamed=a.b,c',
  decision: JSON.stringify({
    v: 3,
    facts: FACTS,
    steps: [{ step: 'replay', of: 'req_1' }, { step: 'rank' }, GUARDED],
  }),
  planVersion: '7-abc',
  purpose: 'judge',
  parentId: 'req_parent',
}

/** One condition for each field, which the full line fulfils and a plain one does not. */
const FOUND: Readonly<Record<StoredField, Omit<Condition, 'field'>>> = {
  id: { tests: [{ is: 'req_full' }] },
  at: { tests: [{ compare: '>', to: MIDNIGHT_MS }] },
  outcome: { tests: [{ is: 'internal' }, { is: 'overloaded' }] },
  status: { tests: [{ compare: '>=', to: 500 }] },
  route: { tests: [{ like: ['s', 'port'] }] },
  model: { tests: [{ like: ['sm[a]rt?', ''] }] },
  target: { tests: [{ is: 'acme/large/v2' }] },
  provider: { tests: [{ is: 'acme' }] },
  tried: { tests: [{ is: 'acme/small' }] },
  begun: { tests: [{ is: 'fallback' }] },
  attempts: { tests: [{ compare: '>', to: 1 }] },
  key: { tests: [{ is: 'some key' }] },
  user: { tests: [{ is: 'some user' }] },
  customer: { tests: [{ like: ['some ', ''] }] },
  project: { tests: [{ is: 'some project' }] },
  team: { tests: [{ is: 'some team' }] },
  organisation: { tests: [{ is: 'some organisation' }] },
  key_name: { tests: [{ is: 'helpdesk' }] },
  session: { tests: [{ is: 's-1' }] },
  tag: { part: 'customer', tests: [{ is: 'acme' }] },
  client: { tests: [{ is: 'some-agent' }] },
  dialect: { tests: [{ is: 'other-chat' }] },
  operation: { tests: [{ is: 'embed' }] },
  stream: { tests: [{ compare: '=', to: 1 }] },
  duration: { tests: [{ compare: '>', to: 2_500 }] },
  ttft: { tests: [{ compare: '<=', to: 700 }] },
  upstream: { tests: [{ compare: '>', to: 2_000 }] },
  input: { tests: [{ compare: '=', to: 1_000 }] },
  output: { tests: [{ compare: '>', to: 299 }] },
  cost: { tests: [{ compare: '=', to: 9_007_199_254_740_993n }] },
  saved: { tests: [{ compare: '<', to: 0n }] },
  cache: { tests: [{ is: 'hit' }, { is: 'coalesced' }] },
  estimated: { tests: [{ compare: '=', to: 1 }] },
  simulated: { tests: [{ compare: '=', to: 1 }] },
  notice: { tests: [{ is: 'tool-renamed' }] },
  guardrail: { tests: [{ like: ['customer', ''] }] },
  verdict: { tests: [{ is: 'masked' }] },
  replayed: { tests: [{ compare: '=', to: 1 }] },
  feedback: { tests: [{ compare: '<', to: 0.5 }] },
  purpose: { tests: [{ is: 'judge' }] },
  parent: { tests: [{ is: 'req_parent' }] },
  plan: { tests: [{ is: '7-abc' }] },
}

/** A line in which everything that may be absent is. */
const PLAIN: Partial<RequestRow> = { status: 200 }

/** Registers what every driver must do with questions for requests. */
export function testRequestQueries(fresh: () => Promise<{ readonly store: Store }>): void {
  const open = async (...lines: readonly RequestRow[]) => {
    const { store } = await fresh()
    await store.requests.append(lines.map(toRequestText))
    const ids = async (...conditions: readonly Condition[]): Promise<readonly string[]> =>
      (await store.requests.list({ limit: 500, conditions })).rows.map(({ id }) => id)
    return { store, ids }
  }
  const bothLines = async () => {
    const opened = await open(requestRow('req_plain', PLAIN), requestRow('req_full', FULL))
    const attempt = {
      requestId: 'req_full',
      atMs: MIDNIGHT_MS,
      owners: {},
      route: 'support',
      provider: 'acme',
      usage: NO_COUNTS,
    }
    const told = { model: 'm', outcome: 'ok', durationMs: 1, basis: 'reported', simulated: false }
    await opened.store.ledger.append([
      toLedgerText({ ...attempt, ...told, id: 'att_1', ordinal: 1, target: 'acme/small' }),
      toLedgerText({
        ...attempt,
        ...told,
        id: 'att_2',
        ordinal: 2,
        target: 'acme/large/v2',
        begunFor: 'fallback',
      }),
    ])
    await opened.store.feedback.add({ requestId: 'req_full', atMs: MIDNIGHT_MS, score: -0.25 })
    return opened
  }

  test('each field finds what it is asked for, and its opposite everything else', async () => {
    const { ids } = await bothLines()
    for (const field of Object.keys(FOUND) as StoredField[]) {
      const condition: Condition = { field, ...FOUND[field] }
      expect([field, await ids(condition)]).toEqual([field, ['req_full']])
      expect([field, await ids({ ...condition, not: true })]).toEqual([field, ['req_plain']])
    }
  })

  test('what is absent is found by the empty text', async () => {
    const { ids } = await bothLines()
    for (const field of [
      'route',
      'session',
      'tag',
      'notice',
      'feedback',
      'begun',
      'purpose',
      'cost',
    ] as const) {
      expect([field, await ids({ field, tests: [{ is: '' }] })]).toEqual([field, ['req_plain']])
      expect([field, await ids({ field, not: true, tests: [{ is: '' }] })]).toEqual([field, ['req_full']])
    }
  })

  test('a tag is found whole, by its part behind either sign, and by a pattern', async () => {
    const { ids } = await bothLines()
    const tag = async (condition: Omit<Condition, 'field'>) =>
      (await ids({ field: 'tag', ...condition })).length
    expect(await tag({ tests: [{ is: 'nightly' }] })).toBe(1)
    expect(await tag({ part: 'tier', tests: [{ is: 'gold' }] })).toBe(1)
    expect(await tag({ part: 'tier', tests: [{ like: ['g', 'd'] }] })).toBe(1)
    expect(await tag({ tests: [{ is: 'night' }] })).toBe(0)
    expect(await tag({ part: 'nightly', tests: [{ is: 'gold' }] })).toBe(0)
  })

  test('texts that look like parts of a statement, or of a pattern, are texts', async () => {
    const { ids } = await bothLines()
    for (const text of ["' or 1=1 --", '"', '%', '?', '[', ']', '\\', ';drop table requests'])
      for (const field of ['route', 'tag', 'tried', 'key'] as const) {
        expect(await ids({ field, tests: [{ is: text }] })).toEqual([])
        expect(await ids({ field, tests: [{ like: [text, ''] }] })).toEqual([])
      }
    expect(await ids({ field: 'model', tests: [{ like: ['sm[a]r', '?'] }] })).toEqual(['req_full'])
    expect(await ids({ field: 'model', tests: [{ like: ['sm?a]r', ''] }] })).toEqual([])
  })

  test('all conditions hold, and one of the tests of each; a time has its begin and not its end', async () => {
    const { store, ids } = await open(
      requestRow('req_1', { owners: { key: 'a' } }),
      requestRow('req_2', { owners: { key: 'b' }, outcome: 'overloaded', atMs: MIDNIGHT_MS + 1 }),
      requestRow('req_3', { owners: { key: 'a' }, outcome: 'overloaded', atMs: MIDNIGHT_MS + 2 }),
    )
    const key = (...names: readonly string[]): Condition => ({
      field: 'key',
      tests: names.map((is) => ({ is })),
    })
    expect(await ids()).toEqual(['req_3', 'req_2', 'req_1'])
    expect(await ids(key('a'))).toEqual(['req_3', 'req_1'])
    expect(await ids(key('a', 'b'), { field: 'outcome', tests: [{ is: 'overloaded' }] })).toEqual([
      'req_3',
      'req_2',
    ])
    expect(await ids(key('a'), key('b'))).toEqual([])
    const time = { fromMs: MIDNIGHT_MS + 1, toMs: MIDNIGHT_MS + 2 }
    expect((await store.requests.list({ limit: 9, ...time })).rows.map(({ id }) => id)).toEqual(['req_2'])
  })

  test('guardrails are found that have something to say, and verdicts of shadow mode by words of their own', async () => {
    const { ids } = await open(requestRow('req_1', FULL))
    const found = async (field: 'guardrail' | 'verdict', is: string) =>
      (await ids({ field, tests: [{ is }] })).length
    expect(await found('guardrail', 'tried-out')).toBe(1)
    expect(await found('guardrail', 'quiet')).toBe(0)
    expect(await found('verdict', 'passed')).toBe(1)
    expect(await found('verdict', 'blocked')).toBe(0)
    expect(await found('verdict', 'shadow-blocked')).toBe(1)
  })

  test('lines without a record of a decision, or with one that nobody can read, are lines without session and tags', async () => {
    const { ids } = await open(
      requestRow('req_1', { decision: '{"facts":' }),
      requestRow('req_2', { decision: '[]' }),
      requestRow('req_3', { decision: '{"facts":{"request.tags":"nightly"}}' }),
    )
    expect(await ids({ field: 'session', tests: [{ is: 's' }] })).toEqual([])
    expect(await ids({ field: 'tag', tests: [{ is: 'x' }] })).toEqual([])
    expect(await ids({ field: 'client', not: true, tests: [{ is: 'x' }] })).toHaveLength(3)
    expect(await ids({ field: 'verdict', not: true, tests: [{ is: 'x' }] })).toHaveLength(3)
  })

  test('lines of older versions, which do not say how many attempts there were, are counted by their list', async () => {
    const { ids } = await open(
      requestRow('req_1', { attempts: '' }),
      requestRow('req_2', { attempts: 'a/b=429/1ms, a/c=200/1ms, a/d=200/1ms' }),
      requestRow('req_3', { attempts: 'a/b, c=200/1ms', attemptCount: 1 }),
    )
    const attempts = (to: number) => ids({ field: 'attempts', tests: [{ compare: '=', to }] })
    expect(await attempts(0)).toEqual(['req_1'])
    expect(await attempts(3)).toEqual(['req_2'])
    expect(await attempts(1)).toEqual(['req_3'])
  })

  test('no more lines are looked at than one may, the answer says so, and the next page goes on from there', async () => {
    const count = LIMITS.queryRows + 20
    const lines = Array.from({ length: count }, (_, index) =>
      requestRow(`req_${index}`, {
        atMs: MIDNIGHT_MS + index,
        route: index === 5 ? 'rare' : 'usual',
        owners: { key: 'a' },
      }),
    )
    const { store } = await open(...lines)
    const rare: Condition = { field: 'route', tests: [{ like: ['rar', ''] }] }
    const first = await store.requests.list({ limit: 10, conditions: [rare] })
    expect(first.rows).toEqual([])
    expect(first.lookedAt).toEqual({ rows: LIMITS.queryRows, atMs: MIDNIGHT_MS + 20 })
    const second = await store.requests.list({ limit: 10, conditions: [rare], after: first.next ?? '' })
    expect(second.rows.map(({ id }) => id)).toEqual(['req_5'])
    expect(second.lookedAt).toBeUndefined()
    expect(second.next).toBeUndefined()
    // A time says where to look first.
    const old: Condition = { field: 'at', tests: [{ compare: '<', to: MIDNIGHT_MS + 10 }] }
    const early = await store.requests.list({ limit: 10, conditions: [rare, old] })
    expect([early.rows.map(({ id }) => id), early.lookedAt]).toEqual([['req_5'], undefined])
    // A value is found among all lines, and a page that is full needs no bound either.
    const exact = await store.requests.list({
      limit: 10,
      conditions: [{ field: 'route', tests: [{ is: 'rare' }] }],
    })
    expect([exact.rows.map(({ id }) => id), exact.lookedAt]).toEqual([['req_5'], undefined])
    const indexed = await store.requests.list({
      limit: 1,
      conditions: [{ field: 'key', tests: [{ is: 'a' }] }],
    })
    expect(indexed.lookedAt).toBeUndefined()
    const full = await store.requests.list({
      limit: 1,
      conditions: [{ field: 'route', tests: [{ is: 'usual' }] }],
    })
    expect([full.rows.length, full.lookedAt]).toEqual([1, undefined])
  })

  test('values are found page by page in the order of time, in whatever order the lines were written', async () => {
    const count = 3 * LIMITS.markedRows + 300
    const lines = Array.from({ length: count }, (_, index) =>
      requestRow(`req_${index}`, {
        atMs: MIDNIGHT_MS + index * 10 + ((index * 7_919) % 5_000),
        owners: { key: `k${index % 400}` },
        route: `r${index % 3}`,
        target: index % 700 === 0 ? 'rare/model' : 'usual/model',
        decision: JSON.stringify({
          v: 4,
          facts: {
            'request.session': `s "${index % 90}]`,
            'request.tags': [`customer:c${index % 250}`, 'x]"y'],
          },
        }),
      }),
    )
    const { store } = await open()
    for (let done = 0; done < count; done += 450)
      await store.requests.append(lines.slice(done, done + 450).map(toRequestText))
    const newest = lines.toSorted((one, other) => other.atMs - one.atMs)
    const asked: readonly (readonly [readonly Condition[], (index: number) => boolean])[] = [
      [[{ field: 'key', tests: [{ is: 'k7' }] }], (index) => index % 400 === 7],
      [[{ field: 'provider', tests: [{ is: 'rare' }] }], (index) => index % 700 === 0],
      [
        [{ field: 'session', tests: [{ is: 's "5]' }, { is: 's "6]' }] }],
        (index) => [5, 6].includes(index % 90),
      ],
      [[{ field: 'tag', part: 'customer', tests: [{ is: 'c9' }] }], (index) => index % 250 === 9],
      [[{ field: 'tag', tests: [{ is: 'nothing' }] }], () => false],
      [
        [
          { field: 'tag', tests: [{ is: 'x]"y' }] },
          { field: 'route', tests: [{ is: 'r1' }] },
          { field: 'key', not: true, tests: [{ is: 'k7' }] },
          { field: 'at', tests: [{ compare: '>=', to: MIDNIGHT_MS + 20_000 }] },
        ],
        (index) => index % 3 === 1 && index % 400 !== 7 && (lines[index]?.atMs ?? 0) >= MIDNIGHT_MS + 20_000,
      ],
    ]
    for (const [conditions, holds] of asked) {
      const found: string[] = []
      for (let after: string | undefined; ;) {
        const page = await store.requests.list({
          limit: 37,
          conditions,
          ...(after !== undefined && { after }),
        })
        expect(page.lookedAt).toBeUndefined()
        found.push(...page.rows.map(({ id }) => id))
        if (page.next === undefined) break
        after = page.next
      }
      const expected = newest.map(({ id }) => id).filter((id) => holds(Number(id.slice(4))))
      expect(found).toEqual(expected)
    }
  })

  test('lines that come after the whole log was removed are found, and summed, as all others', async () => {
    const { store } = await open()
    const append = (name: string, count: number, atMs: number) =>
      store.requests.append(
        Array.from({ length: count }, (_, index) =>
          toRequestText(requestRow(`${name}_${index}`, { atMs, route: name })),
        ),
      )
    await append('old', LIMITS.seriesPending + 10, MIDNIGHT_MS)
    const all = {
      requestsBeforeMs: MIDNIGHT_MS + 1,
      requestBytes: 1e12,
      shadowsBeforeMs: 0,
      shadowRows: 1e9,
      seriesMinutesBeforeMs: 0,
      seriesHoursBeforeMs: 0,
      responsesBeforeMs: 0,
      keysBeforeMs: 0,
      keptKey: '',
    }
    while ((await store.prune(all)).more);
    await append('new', LIMITS.markedRows + 10, MIDNIGHT_MS + 60_000)
    const isNew: Condition = { field: 'route', tests: [{ is: 'new' }] }
    expect((await store.requests.list({ limit: 500, conditions: [isNew] })).rows).toHaveLength(500)
    const { series } = await store.series.read({
      filter: { conditions: [isNew] },
      fromMs: MIDNIGHT_MS,
      toMs: MIDNIGHT_MS + 3_600_000,
      stepMs: 3_600_000,
      names: 1,
      attempts: false,
      times: false,
    })
    expect(series[0]?.points.get(MIDNIGHT_MS)?.sums.requests).toBe(LIMITS.markedRows + 10)
  })

  test('who follows the log is told how far it was looked at, whatever was found there', async () => {
    const { store } = await open(
      requestRow('req_1'),
      requestRow('req_2', { route: 'a' }),
      requestRow('req_3'),
    )
    const filter = { conditions: [{ field: 'route', tests: [{ is: 'a' }] }] } as const
    const ids = async (after: string | undefined, limit: number) => {
      const { rows, last } = await store.requests.since(after, limit, filter)
      return [rows.map(({ id }) => id), last]
    }
    expect(await ids(undefined, 1)).toEqual([[], 'req_1'])
    expect(await ids('req_1', 5)).toEqual([['req_2'], 'req_3'])
    expect(await ids('req_3', 5)).toEqual([[], undefined])
  })
}
