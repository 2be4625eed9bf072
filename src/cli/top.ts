import { join } from 'node:path'
import { ADMIN_TOKEN_FILE } from '../boot/admin-token.ts'
import { readTextFile } from '../boot/read-text.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseJsonObject, readNumber, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { showUsd } from '../kit/money.ts'
import type { RequestLogStore } from '../store/store.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import { EXIT, type Command, type CommandCall } from './command.ts'
import { openInstallation, pathsOf } from './installation.ts'
import { pause } from './pause.ts'
import { RecentRequests, type Tally } from './top/recent-requests.ts'

const WINDOW_MS = 60_000
const REFRESH_MS = 1_000
const PAGE_ROWS = 500
/** Whoever asks a busy log is not to hang: the rest is read at the next look. */
const MOST_PAGES = 20
/** A raw terminal hands Ctrl-C on as a key, not as a signal. */
const QUIT = new Set(['q', 'Q', '\u0003', '\u001B'])
const HEADS = ['REQUESTS', 'PER S', 'ERRORS', 'P95 MS', 'SPEND']

/** The last minute, live. */
export const topCommand: Command = {
  name: 'top',
  usage: '',
  summary: 'Requests, errors, times and spend of the last minute, live; q ends it.',
  examples: ['gatehouse top', 'gatehouse top --once', 'gatehouse top --once --json'],
  flags: { once: { kind: 'switch', help: 'Tell it once and end.' } },
  positionals: 0,
  async run(call) {
    const installation = await openInstallation(call, 'read')
    const quit = new AbortController()
    const endKeys = call.onKey((key) => {
      if (QUIT.has(key)) quit.abort()
    })
    try {
      return await watch(call, installation.store.requests, [call.stopped, quit.signal])
    } finally {
      endKeys()
      await installation.close()
    }
  },
}

async function watch(
  call: CommandCall,
  requests: RequestLogStore,
  until: readonly AbortSignal[],
): Promise<number> {
  const { arguments: given, output, clock } = call
  const recent = new RecentRequests(WINDOW_MS)
  let last = await readLastMinute(requests, recent, clock.nowMs())
  for (;;) {
    recent.forget(clock.nowMs())
    const loads = await readLoads(call)
    if (output.json) output.value(toJson(recent, loads))
    else output.screen(screenLines(call, recent, loads))
    if (given.has('once') || !(output.isTty || output.json)) return EXIT.ok
    await pause(clock, REFRESH_MS, until)
    if (until.some(({ aborted }) => aborted)) return EXIT.ok
    last = await readOn(requests, recent, last)
  }
}

/** Takes in the requests of the last minute; gives the id of the newest. */
async function readLastMinute(
  requests: RequestLogStore,
  recent: RecentRequests,
  nowMs: number,
): Promise<string | undefined> {
  const [newest] = (await requests.list({ limit: 1 })).rows
  let after: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    // A request is filed under its beginning, and counts when it ends.
    const fromMs = nowMs - 2 * WINDOW_MS
    const { rows, next } = await requests.list({
      limit: PAGE_ROWS,
      fromMs,
      ...defined({ after }),
    })
    recent.add(rows)
    if (next === undefined) break
    after = next
  }
  return newest?.id
}

async function readOn(
  requests: RequestLogStore,
  recent: RecentRequests,
  since: string | undefined,
): Promise<string | undefined> {
  let after = since
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { rows, last } = await requests.since(after, PAGE_ROWS)
    recent.add(rows)
    after = last ?? after
    if (rows.length < PAGE_ROWS) break
  }
  return after
}

/** How targets do now, as the gateway tells it; nothing where none runs, or it does not answer. */
async function readLoads(call: CommandCall): Promise<readonly JsonObject[]> {
  const { dataDirectory } = pathsOf(call)
  const address = readAddress(dataDirectory, isProcessAlive)
  const token = readTextFile(join(dataDirectory, ADMIN_TOKEN_FILE))?.trim()
  if (address === undefined || token === undefined) return []
  try {
    const response = await fetch(`${address.adminUrl}/api/v1/loads?limit=${LIMITS.topRows}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(LIMITS.commandAnswerMs),
    })
    return response.ok ? readObjects(parseJsonObject(await response.text()) ?? {}, 'data') : []
  } catch {
    return []
  }
}

function screenLines({ output, clock }: CommandCall, recent: RecentRequests, loads: readonly JsonObject[]) {
  const { paint } = output
  const all = recent.all()
  const time = new Date(clock.nowMs()).toTimeString().slice(0, 8)
  const head = [
    paint(`gatehouse top  ${time}`, 'bold'),
    `last minute: ${all.requests} requests, ${all.perSecond.toFixed(1)}/s, ${all.errors} errors, p95 ${Math.round(all.p95Ms)} ms, ${spendText(all)}`,
  ]
  const table = (name: string, tallies: readonly Tally[]): readonly string[] =>
    tallies.length === 0 ? [] : ['', ...output.tableLines([name, ...HEADS], tallies.map(tallyCells))]
  const targets = loads.map(loadCells)
  return [
    ...head,
    ...table(
      'ROUTE',
      recent.by(({ route }) => route),
    ),
    ...table(
      'TARGET',
      recent.by(({ target }) => target),
    ),
    ...(targets.length === 0
      ? []
      : ['', ...output.tableLines(['NOW', 'STATE', 'UNDER WAY', 'FAULTS', 'FIRST TOKEN MS'], targets)]),
    ...(output.isTty ? ['', paint('q ends', 'dim')] : []),
  ]
}

function tallyCells(tally: Tally): readonly string[] {
  const { name, requests, perSecond, errors, p95Ms } = tally
  return [
    name,
    String(requests),
    perSecond.toFixed(1),
    String(errors),
    String(Math.round(p95Ms)),
    spendText(tally),
  ]
}

function spendText({ costNanoUsd, simulatedNanoUsd }: Tally): string {
  const simulated = simulatedNanoUsd === 0n ? '' : `${showUsd(simulatedNanoUsd)} simulated`
  if (costNanoUsd === 0n && simulated !== '') return simulated
  return simulated === '' ? showUsd(costNanoUsd) : `${showUsd(costNanoUsd)} + ${simulated}`
}

function loadCells(load: JsonObject): readonly string[] {
  const first = readNumber(load, 'first_token_ms')
  return [
    readString(load, 'target') ?? '',
    readString(load, 'state') ?? '',
    String(readNumber(load, 'in_flight') ?? 0),
    `${Math.round((readNumber(load, 'error_share') ?? 0) * 100)} %`,
    first === undefined ? '-' : String(Math.round(first)),
  ]
}

function toJson(recent: RecentRequests, loads: readonly JsonObject[]): JsonObject {
  return {
    window_s: WINDOW_MS / 1_000,
    all: tallyJson(recent.all()),
    routes: recent.by(({ route }) => route).map(tallyJson),
    targets: recent.by(({ target }) => target).map(tallyJson),
    loads,
  }
}

function tallyJson({
  name,
  requests,
  perSecond,
  errors,
  p95Ms,
  costNanoUsd,
  simulatedNanoUsd,
}: Tally): JsonObject {
  return {
    name,
    requests,
    per_second: perSecond,
    errors,
    p95_ms: p95Ms,
    cost_nano_usd: String(costNanoUsd),
    simulated_nano_usd: String(simulatedNanoUsd),
  }
}
