/**
 * How long lists and charts take over a large log, and how fast rows get there. Makes the rows as gateways write them, in batches through
 * the store, then asks for first pages and series again and again.
 *
 *   bun bench/ten-million.ts [--rows 10000000] [--file /tmp/ten-million.db] [--keep]
 */
import { existsSync, rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { NO_COUNTS } from '../src/exchange/units.ts'
import { readQuery } from '../src/insight/read-query.ts'
import { cutIntoSteps } from '../src/insight/series-steps.ts'
import { systemClock } from '../src/kit/clock.ts'
import { createSeededRandom } from '../src/kit/random.ts'
import { toLedgerText } from '../src/store/ledger-text.ts'
import { openStore } from '../src/store/open-store.ts'
import { toRequestText } from '../src/store/request-text.ts'
import type { SeriesDimension } from '../src/store/series.ts'
import type { LedgerRow, RequestRow, Store } from '../src/store/store.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    file: { type: 'string', default: '/tmp/ten-million.db' },
    keep: { type: 'boolean', default: false },
  },
})
const ROWS = Number(values.rows)
const BATCH = 2_000
const DAY_MS = 86_400_000
/** The log of a month, evenly. */
const SPAN_MS = 31 * DAY_MS
const NOW_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS
const ROUNDS = 25

const random = createSeededRandom(1)
const upTo = (most: number): number => Math.floor(random.next() * most)
/** Few of many: most requests are of the first ones. */
const skewed = (most: number): number => Math.floor(most * random.next() ** 3)

const OUTCOMES = [
  'overloaded',
  'rate-limited',
  'timeout-first-byte',
  'provider-error',
  'client-gone',
] as const

function rowsOf(index: number): { readonly request: RequestRow; readonly attempt: LedgerRow } {
  const provider = `provider-${skewed(8)}`
  const model = `model-${skewed(20)}`
  const target = `${provider}/${model}`
  const owners = { key: `key${String(skewed(1_500)).padStart(9, '0')}`, project: `project-${skewed(60)}` }
  const atMs = NOW_MS - SPAN_MS + Math.floor((index / ROWS) * SPAN_MS)
  const id = `req_${String(index).padStart(26, '0')}`
  const route = index % 500_000 === 7 ? 'rare' : `route-${skewed(100)}`
  const outcome = upTo(50) === 0 ? (OUTCOMES[upTo(OUTCOMES.length)] ?? 'ok') : 'ok'
  const durationMs = 200 + 8_000 * random.next() ** 4
  const usage = {
    ...NO_COUNTS,
    inputTokens: upTo(4_000),
    outputTokens: upTo(900),
    cacheReadTokens: upTo(2) * upTo(8_000),
  }
  const costNanoUsd = BigInt(usage.inputTokens * 1_250 + usage.outputTokens * 10_000)
  const decision = JSON.stringify({
    v: 3,
    id: `dec_${id.slice(4)}`,
    route,
    planVersion: '7-0123456789ab',
    facts: {
      'request.session': `session-${Math.floor(index / 12)}`,
      'request.tags': [`customer:c${skewed(300)}`],
      'client.name': 'some-agent',
    },
    inputs: { operation: 'chat', features: { inputTokens: usage.inputTokens } },
    steps: [
      {
        step: 'rank',
        strategy: 'ordered',
        reason: 'ordered',
        targets: [{ target }, { target: 'provider-9/model-1' }],
      },
      { step: 'attempt', target, outcome: 'ok', status: 200, ms: Math.round(durationMs) },
    ],
  })
  const told = { atMs, owners, route, target, durationMs, costNanoUsd, outcome, simulated: false }
  return {
    request: {
      ...told,
      id,
      dialect: 'openai-chat',
      operation: 'chat',
      stream: index % 2 === 0,
      requestedModel: route,
      keyName: owners.key,
      status: outcome === 'ok' ? 200 : 503,
      firstEventMs: durationMs / 4,
      upstreamMs: durationMs - 2,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      estimated: false,
      attempts: `${target}=200/${Math.round(durationMs)}ms`,
      attemptCount: 1 + upTo(1.1),
      notices: '',
      decision,
      planVersion: '7-0123456789ab',
    },
    attempt: {
      ...told,
      id: `att_${id.slice(4)}`,
      requestId: id,
      ordinal: 1,
      provider,
      model,
      usage,
      basis: 'reported',
      priceId: 'list:p#1',
    },
  }
}

async function fill(store: Store): Promise<void> {
  const startMs = performance.now()
  const startCpu = cpuSeconds()
  let under: Promise<unknown> = Promise.resolve()
  let writingMs = 0
  for (let done = 0; done < ROWS; done += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, ROWS - done) }, (_, place) => rowsOf(done + place))
    const requests = made.map(({ request }) => toRequestText(request))
    const attempts = made.map(({ attempt }) => toLedgerText(attempt))
    const waitedFromMs = performance.now()
    await under
    writingMs += performance.now() - waitedFromMs
    under = Promise.all([store.requests.append(requests), store.ledger.append(attempts)])
    if (done > 0 && done % 500_000 === 0)
      console.log(
        `  ${done.toLocaleString('en')} rows, ${Math.round((done / (performance.now() - startMs)) * 1_000)} requests/s with their attempts`,
      )
  }
  await under
  const seconds = (performance.now() - startMs) / 1_000
  console.log(
    `ingest: ${ROWS.toLocaleString('en')} requests and as many attempts in ${seconds.toFixed(0)} s: ${Math.round(ROWS / seconds).toLocaleString('en')} requests/s, ` +
      `${Math.round((2 * ROWS) / seconds).toLocaleString('en')} rows/s (${(writingMs / 1_000).toFixed(0)} s of it waiting for the writer); ` +
      `${(((cpuSeconds() - startCpu) / ROWS) * 1e6).toFixed(0)} µs of CPU for a request with its attempt, making them included`,
  )
}

/** CPU of all threads so far. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** The time within which 95 of 100 answers come, and what CPU one takes: on a machine that others use too, the second says more. */
async function timeOf(ask: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  const startCpu = cpuSeconds()
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now()
    await ask()
    times.push(performance.now() - startMs)
  }
  const cpuMs = ((cpuSeconds() - startCpu) / ROUNDS) * 1_000
  const p95 = times.sort((one, other) => one - other)[Math.ceil(ROUNDS * 0.95) - 1] ?? Number.NaN
  return `p95 ${p95.toFixed(0).padStart(5)} ms  CPU ${cpuMs.toFixed(1).padStart(6)} ms`
}

async function lists({ requests }: Store): Promise<void> {
  const session = `session-${Math.floor((ROWS - 40_000) / 12)}`
  for (const q of [
    '',
    'status:error',
    'outcome:overloaded',
    'route:route-3',
    'route:rare',
    'key:key000000001',
    'key:key000001400 -status:ok',
    'cost:>0.013 ttft:>1500ms',
    'provider:provider-2 attempts:>1',
    `session:${session}`,
    'tag.customer:c7 status:error',
    'model:nothing*',
    'begun:fallback',
    'at:<20d status:error',
  ]) {
    const filter = readQuery(q, NOW_MS)
    const { rows, lookedAt } = await requests.list({ limit: 50, ...filter })
    const took = await timeOf(() => requests.list({ limit: 50, ...filter }))
    console.log(
      `list    ${took}  ${q || '(all)'}  ${rows.length} rows${lookedAt === undefined ? '' : ', partial'}`,
    )
  }
}

const RANGES = { hour: 3_600_000, day: DAY_MS, month: 30 * DAY_MS }

async function charts({ series }: Store): Promise<void> {
  for (const [range, ms] of Object.entries(RANGES))
    for (const [by, q] of [
      [undefined, ''],
      ['route', ''],
      ['target', ''],
      ['key', ''],
      ['route', 'route:route-3'],
      ['target', 'route:route-3'],
    ] as const) {
      const steps = cutIntoSteps({ fromMs: NOW_MS - ms, toMs: NOW_MS }, undefined, NOW_MS)
      if ('problem' in steps) throw new Error(steps.problem)
      const question = questionOf(steps, by, q)
      const answer = await series.read(question)
      const took = await timeOf(() => series.read(question))
      const shown = `${answer.series.length} series, ${answer.from}${answer.lookedAt === undefined ? '' : ', partial'}`
      console.log(`series  ${took}  ${range} by ${by ?? '-'} ${q}  step ${steps.name}, ${shown}`)
    }
}

function questionOf(
  steps: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  by: SeriesDimension | undefined,
  q: string,
) {
  const { fromMs, toMs, stepMs } = steps
  return {
    filter: readQuery(q, NOW_MS),
    ...(by && { by }),
    fromMs,
    toMs,
    stepMs,
    names: 10,
    attempts: true,
    times: true,
  }
}

const isThere = existsSync(values.file)
const store = await openStore({ url: `sqlite:${values.file}`, clock: systemClock })
if (!isThere) await fill(store)
await lists(store)
await charts(store)
await store.close()
if (!values.keep) for (const suffix of ['', '-wal', '-shm']) rmSync(values.file + suffix, { force: true })
