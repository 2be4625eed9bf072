import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { percentile, runUnary, type Call } from './load.ts'
import { residentMb } from './process.ts'
import { openGatehouse } from './systems/gatehouse.ts'
import { startUpstream } from './systems/upstream.ts'

/**
 * A flood of strangers beside honest callers: how much slower is the honest ones' slowest hundredth, does memory or disk grow, do both
 * listeners answer, is anything lost? Loopback only, bounded in time and in number.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    'bad-keys': { type: 'string', default: '1000000' },
  },
})
const HONEST = 20
/** Between two calls of an honest caller: what is measured is a gateway that keeps up. */
const PAUSE_MS = 20
const QUIET_SECONDS = 5
const MOST_FACTOR = 3

const upstream = await startUpstream()
const gatehouse = await openGatehouse(upstream.port)
const { running, adminUrl, askAdmin, directory } = gatehouse
const call: Call = {
  url: running.chatUrl,
  headers: running.headers,
  body: JSON.stringify({
    model: running.model('bench-unary'),
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 200,
  }),
}

function diskMb(): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return (
    files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0) / 1024 / 1024
  )
}

async function attempts(): Promise<number> {
  const answer: unknown = await (await askAdmin('/api/v1/usage?by=day&from=1d')).json()
  return (answer as { total: { attempts: number } }).total.attempts
}

/** Asks the admin API four times a second until told to stop; gives the slowest answer in milliseconds. */
function watchAdmin(): { stop(): Promise<number> } {
  let slowest = 0
  const stopping = new AbortController()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      const beganMs = performance.now()
      await (await fetch(`${adminUrl}/readyz`)).arrayBuffer()
      slowest = Math.max(slowest, performance.now() - beganMs)
      await Bun.sleep(250)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await watching
      return slowest
    },
  }
}

let honest = 0
let failures = 0
async function callHonestly(seconds: number): Promise<number> {
  const load = await runUnary(call, seconds, HONEST, PAUSE_MS)
  honest += load.requests
  failures += load.failures
  return percentile(load.latenciesMs, 0.99)
}

try {
  await callHonestly(QUIET_SECONDS)
  const quietP99 = await callHonestly(QUIET_SECONDS)
  const before = { memory: residentMb(running.pids), disk: diskMb(), honest }
  const seconds = Number(values.seconds)
  const port = new URL(running.chatUrl).port
  const strangers = Bun.spawn(
    [
      'taskset',
      '-c',
      '1',
      'nice',
      '-n',
      '19',
      process.execPath,
      join(import.meta.dir, 'strangers.ts'),
      port,
      `${seconds}`,
      values['bad-keys'],
    ],
    { stdout: 'pipe', stderr: 'inherit' },
  )
  const admin = watchAdmin()
  const floodP99 = await callHonestly(seconds)
  const peak = residentMb(running.pids)
  const adminMs = await admin.stop()
  const seen: unknown = JSON.parse(await new Response(strangers.stdout).text())
  const afterP99 = await callHonestly(QUIET_SECONDS)
  // Rows wait for company before they are written.
  await Bun.sleep(1_000)
  const kept = await attempts()
  const figures = {
    honest: { requests: honest, failures, quietP99, floodP99, afterP99, factor: floodP99 / quietP99 },
    strangers: seen,
    adminSlowestMs: adminMs,
    memoryMb: { before: before.memory, peak, after: residentMb(running.pids) },
    diskMb: {
      before: before.disk,
      after: diskMb(),
      perHonestRequestBytes: ((diskMb() - before.disk) * 1024 * 1024) / (honest - before.honest),
    },
    lost: honest - kept,
  }
  console.log(JSON.stringify(figures, null, 2))
  process.exitCode = figures.lost === 0 && failures === 0 && figures.honest.factor <= MOST_FACTOR ? 0 : 1
} finally {
  await running.stop()
  await upstream.stop()
}
