import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openUsableStore } from '../src/boot/open-usable-store.ts'
import { runWhatIf } from '../src/insight/run-what-if.ts'
import { WhatIf } from '../src/insight/what-if.ts'
import { systemClock } from '../src/kit/clock.ts'
import { sampleCaller } from '../src/exchange/caller.fixture.ts'
import { toRequestText } from '../src/store/request-text.ts'
import { drawRequests, planOf, run, type SimulatedModel } from '../test/balancing/bill.ts'

/**
 * How many requests of the log are decided on again in a second: `bun bench/what-if.ts`. Goal: 50,000. Two passes over the lines, as the
 * command makes them; the second figure is with the reading of the database.
 */
const REQUESTS = 5_000
const TIMES = 10
const ROUNDS = 5
const BATCH = 500

const models: Readonly<Record<string, SimulatedModel>> = {
  big: { input: 3, output: 12, wordiness: 1 },
  mid: { input: 1, output: 4, wordiness: 1.4 },
  small: { input: 0.2, output: 0.8, wordiness: 2 },
}
const now = planOf(models, '  smart: { targets: [p/big, p/mid] }')
const drafts = {
  'another order': '  smart: { targets: [p/mid, p/big] }',
  cheapest: '  smart: { strategy: cheapest, targets: [p/big, p/mid, p/small] }',
  'a step for a tag':
    '  smart: { steps: [{ name: bulk, when: "\'bulk\' in request.tags", targets: [p/small] }, { name: rest, targets: [p/big] }] }',
}

const { rows } = await run(now, models, drawRequests(REQUESTS, 1))
const lines = Array.from({ length: TIMES }, () => rows).flat()
const caller = sampleCaller()
const callerOf = () => caller

/** Of the processor, so that others on the machine do not count. */
function cpuNs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1e3
}

function report(name: string, count: number, seconds: number): void {
  console.log(
    `${name.padEnd(48)} ${Math.round(count / seconds)
      .toLocaleString('en')
      .padStart(10)} requests/s`,
  )
}

for (const [name, draft] of Object.entries(drafts)) {
  const plan = planOf(models, draft)
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round += 1) {
    const fromNs = cpuNs()
    const whatIf = new WhatIf({ draft: { plan, callerOf }, current: { plan: now, callerOf } })
    for (const row of lines) whatIf.measure(row)
    for (const row of lines) whatIf.decide(row)
    best = Math.min(best, (cpuNs() - fromNs) / 1e9)
  }
  report(name, REQUESTS * TIMES, best)
}

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-what-if-'))
const store = await openUsableStore({ url: `sqlite:${join(directory, 'gatehouse.db')}`, clock: systemClock })
for (let time = 0; time < TIMES; time += 1) {
  const texts = rows.map((row) => toRequestText({ ...row, id: `${row.id}x${time}` }))
  for (let at = 0; at < texts.length; at += BATCH) await store.requests.append(texts.slice(at, at + BATCH))
}
const draft = planOf(models, drafts.cheapest)
const fromNs = cpuNs()
const scope = { last: REQUESTS * TIMES, fromMs: 0, toMs: Number.POSITIVE_INFINITY }
const tally = await runWhatIf(store, { draft, current: now }, scope)
report('cheapest, from SQLite', tally.requests, (cpuNs() - fromNs) / 1e9)
await store.close()
rmSync(directory, { recursive: true })
