/**
 * How long lists and charts take over a large log, and how fast rows get there. Makes the rows as gateways write them, in batches through
 * the store, then asks for first pages by every field, by several together, and for series of every kind, measure and range, again and again.
 * Prints one line for each question and whether any is above the goal.
 *
 *   bun bench/ten-million.ts [--rows 10000000] [--quick] [--file /tmp/ten-million.db] [--keep]
 */
import { existsSync, rmSync, statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readListQuery, readQuery } from '../src/insight/read-query.ts'
import { cutIntoSteps } from '../src/insight/series-steps.ts'
import { systemClock } from '../src/kit/clock.ts'
import { LIMITS } from '../src/kit/limits.ts'
import { toLedgerText } from '../src/store/ledger-text.ts'
import { openStore } from '../src/store/open-store.ts'
import { REQUEST_FIELD_NAMES } from '../src/store/request-query.ts'
import { toRequestText } from '../src/store/request-text.ts'
import { SERIES_DIMENSIONS, type SeriesDimension } from '../src/store/series.ts'
import type { Store } from '../src/store/store.ts'
import { createLog, DAY_MS } from './logged-rows.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string' },
    quick: { type: 'boolean', default: false },
    file: { type: 'string', default: '/tmp/ten-million.db' },
    keep: { type: 'boolean', default: false },
  },
})
const WHOLE = 10_000_000
const ROWS = Number(values.rows ?? (values.quick ? 200_000 : WHOLE))
const ROUNDS = values.quick ? 5 : 20
const BATCH = 2_000
/** Rows after which what is old is removed, as a gateway does every minute. */
const PRUNE_AFTER = 100_000
const GOAL_MS = 300
const NOW_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS

/** CPU of all threads so far. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function fill(store: Store): Promise<void> {
  const startMs = performance.now()
  const startCpu = cpuSeconds()
  const rowsAt = createLog(ROWS, NOW_MS)
  let under: Promise<unknown> = Promise.resolve()
  let tenth = { rows: 0, cpu: startCpu }
  for (let done = 0; done < ROWS; done += BATCH) {
    if (done - tenth.rows >= ROWS / 10) {
      const cpu = cpuSeconds()
      console.log(
        `         ${done.toLocaleString('en')}: ${microseconds(cpu - tenth.cpu, done - tenth.rows)} each of late`,
      )
      tenth = { rows: done, cpu }
    }
    const made = Array.from({ length: Math.min(BATCH, ROWS - done) }, (_, place) => rowsAt(done + place))
    const requests = made.map(({ request }) => toRequestText(request))
    const attempts = made.map(({ attempt }) => toLedgerText(attempt))
    await under
    under = Promise.all([store.requests.append(requests), store.ledger.append(attempts)])
    if (done % PRUNE_AFTER === 0) await removeOld(store, made[0]?.request.atMs ?? 0)
  }
  await under
  const seconds = (performance.now() - startMs) / 1_000
  const rate = Math.round(ROWS / seconds).toLocaleString('en')
  const cpu = microseconds(cpuSeconds() - startCpu, ROWS)
  console.log(
    `ingest   ${ROWS.toLocaleString('en')} requests, each with its attempt, in ${seconds.toFixed(0)} s: ${rate} requests/s, ${cpu} each, making them included`,
  )
}

function microseconds(seconds: number, rows: number): string {
  return `${((seconds / rows) * 1e6).toFixed(0)} µs of CPU`
}

async function removeOld(store: Store, nowMs: number): Promise<void> {
  const expiry = {
    requestsBeforeMs: 0,
    requestBytes: Number.MAX_SAFE_INTEGER,
    shadowsBeforeMs: 0,
    shadowRows: LIMITS.shadowRows,
    seriesMinutesBeforeMs: nowMs - LIMITS.seriesMinutesMs,
    seriesHoursBeforeMs: nowMs - LIMITS.seriesHoursMs,
    responsesBeforeMs: 0,
    keysBeforeMs: 0,
    keptKey: '',
  }
  while ((await store.prune(expiry)).more);
}

/** Requests alone, without attempts, in another file, as many in a minute as in the whole log: what the log takes of the writer. */
async function fillLogAlone(): Promise<void> {
  const path = `${values.file}.alone`
  const rows = Math.min(ROWS, 200_000)
  const rowsAt = createLog(WHOLE, NOW_MS)
  const batches = Array.from({ length: rows / BATCH }, (_, batch) =>
    Array.from({ length: BATCH }, (_row, place) =>
      toRequestText(rowsAt(WHOLE - rows + batch * BATCH + place).request),
    ),
  )
  const store = await openStore({ url: `sqlite:${path}`, clock: systemClock })
  const startMs = performance.now()
  const startCpu = cpuSeconds()
  let under: Promise<unknown> = Promise.resolve()
  for (const batch of batches) {
    const next = store.requests.append(batch)
    await under
    under = next
  }
  await under
  const rate = Math.round((rows / (performance.now() - startMs)) * 1_000).toLocaleString('en')
  const cpu = microseconds(cpuSeconds() - startCpu, rows)
  console.log(
    `ingest   ${rows.toLocaleString('en')} request records alone, made before: ${rate} records/s, ${cpu} each`,
  )
  await store.close()
  removeFile(path)
}

/** Every question with the slowest first time, so that nothing is hidden by what the first one read. */
interface Asked {
  readonly name: string
  readonly p50: number
  readonly p95: number
  readonly worst: number
  readonly cpuMs: number
  readonly says: string
}

async function timeOf(name: string, ask: () => Promise<string>): Promise<Asked> {
  const times: number[] = []
  const startCpu = cpuSeconds()
  let says = ''
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now()
    says = await ask()
    times.push(performance.now() - startMs)
  }
  const cpuMs = ((cpuSeconds() - startCpu) / ROUNDS) * 1_000
  const sorted = times.toSorted((one, other) => one - other)
  const share = (part: number): number => sorted[Math.ceil(ROUNDS * part) - 1] ?? Number.NaN
  return { name, p50: share(0.5), p95: share(0.95), worst: share(1), cpuMs, says }
}

const SESSION = `session-${Math.floor((ROWS - 40_000) / 1_200) * 100 + 7}`

/** A question by each field. A field without one here does not pass. */
const BY_FIELD: Readonly<Record<(typeof REQUEST_FIELD_NAMES)[number], string>> = {
  id: `id:req_${String(ROWS - 9).padStart(26, '0')}`,
  at: 'at:<20d',
  outcome: 'outcome:overloaded',
  status: 'status:error',
  error: 'error:provider',
  route: 'route:rare',
  model: 'model:nothing*',
  target: 'target:provider-2/model-2',
  provider: 'provider:provider-2',
  tried: 'tried:nobody/nothing',
  begun: 'begun:fallback',
  attempts: 'attempts:>1',
  key: 'key:key000001499',
  user: 'user:somebody',
  customer: 'customer:customer-4999',
  project: 'project:project-59',
  team: 'team:nobody',
  organisation: 'organisation:nobody',
  key_name: 'key_name:"application 1499"',
  session: `session:${SESSION}`,
  tag: 'tag.customer:c299',
  client: 'client:another',
  dialect: 'dialect:gemini',
  operation: 'operation:embed',
  stream: 'stream:yes',
  duration: 'duration:>8190ms',
  ttft: 'ttft:>2s',
  upstream: 'upstream:>8190ms',
  input: 'input:>4000',
  output: 'output:>899',
  cost: 'cost:>0.0139',
  saved: 'saved:>0',
  cache: 'cache:hit',
  estimated: 'estimated:yes',
  simulated: 'simulated:yes',
  notice: 'notice:nothing',
  guardrail: 'guardrail:nothing',
  verdict: 'verdict:blocked',
  feedback: 'feedback:<0',
  text: 'text:refund',
  replayed: 'replayed:yes',
  purpose: 'purpose:judge',
  parent: 'parent:req_none',
  plan: 'plan:6-*',
}

const TOGETHER = [
  '',
  'key:key000001400 -status:ok',
  'cost:>0.013 ttft:>1500ms',
  'provider:provider-2 attempts:>1',
  'tag.customer:c7 status:error',
  'tag.customer:c299 route:route-3',
  'session:session-1* status:error',
  '-session:session-1 key:key000000001',
  'customer:customer-17 project:project-3',
  'route:route-3 outcome:overloaded',
  'at:<20d status:error',
  'at:>20d tag.customer:c298',
  'route:rare key:key000000001',
  '-tag.customer:c1 -route:route-1 cost:>0.0139',
]

async function lists({ requests }: Store): Promise<readonly Asked[]> {
  const asked: Asked[] = []
  for (const q of [...REQUEST_FIELD_NAMES.map((field) => BY_FIELD[field]), ...TOGETHER]) {
    const filter = readListQuery(q, NOW_MS)
    const ask = async (): Promise<string> => {
      const { rows, lookedAt } = await requests.list({ limit: 50, ...filter })
      const bound = lookedAt === undefined ? '' : `, looked at ${lookedAt.rows.toLocaleString('en')}`
      return `${rows.length} rows${bound}`
    }
    asked.push(await timeOf(`list ${q || '(all)'}`, ask))
  }
  return asked
}

/** What is written without a field is no question. */
function refused(): string {
  try {
    readQuery('"some words of a prompt"', NOW_MS)
    return 'Words without a field are NOT refused'
  } catch {
    return 'Words without a field are refused'
  }
}

const RANGES = { hour: 3_600_000, day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS, year: 365 * DAY_MS }

async function charts({ series }: Store): Promise<readonly Asked[]> {
  const asked: Asked[] = []
  for (const [range, ms] of Object.entries(RANGES))
    for (const [by, q] of [
      [undefined, ''],
      ...SERIES_DIMENSIONS.map((by) => [by, ''] as const),
      ['route', 'route:route-3'],
      ['key', '-key:key000000001'],
      ['target', 'route:route-3'],
      [undefined, 'tag.customer:c7'],
    ] as const) {
      const steps = cutIntoSteps({ fromMs: NOW_MS - ms, toMs: NOW_MS }, undefined, NOW_MS)
      if ('problem' in steps) throw new Error(steps.problem)
      const question = questionOf(steps, by, q)
      const ask = async (): Promise<string> => {
        const answer = await series.read(question)
        const bound = answer.lookedAt === undefined ? '' : ', partial'
        return `${answer.series.length} of ${answer.series.length + answer.others} by ${steps.name}, ${answer.from}${bound}`
      }
      asked.push(await timeOf(`${range} by ${by ?? '-'} ${q}`, ask))
    }
  return asked
}

/** All measures at once: those of attempts, and times. Outcomes are told of requests alone. */
function questionOf(
  { fromMs, toMs, stepMs }: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number },
  by: SeriesDimension | undefined,
  q: string,
) {
  const filter = readQuery(q, NOW_MS)
  return {
    filter,
    ...(by && { by }),
    fromMs,
    toMs,
    stepMs,
    names: 10,
    attempts: by !== 'outcome',
    times: true,
  }
}

function print(asked: readonly Asked[]): void {
  const ms = (value: number): string => value.toFixed(0).padStart(6)
  console.log(`   p50    p95  worst    CPU ms`)
  for (const { name, p50, p95, worst, cpuMs, says } of asked)
    console.log(
      `${ms(p50)} ${ms(p95)} ${ms(worst)} ${ms(cpuMs)}  ${p95 > GOAL_MS ? '!' : ' '} ${name.padEnd(46)} ${says}`,
    )
  const slow = asked.filter(({ p95 }) => p95 > GOAL_MS)
  const largest = Math.max(...asked.map(({ p95 }) => p95))
  console.log(
    `${asked.length} questions, ${slow.length} with a p95 above ${GOAL_MS} ms; the largest is ${largest.toFixed(0)} ms. ${refused()}.`,
  )
}

function removeFile(path: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
}

const isThere = existsSync(values.file)
if (!isThere) await fillLogAlone()
const store = await openStore({ url: `sqlite:${values.file}`, clock: systemClock })
if (!isThere) await fill(store)
console.log(`file     ${(statSync(values.file).size / 1e9).toFixed(2)} GB`)
print([...(await lists(store)), ...(await charts(store))])
await store.close()
if (!values.keep) removeFile(values.file)
