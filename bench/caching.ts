import { parseArgs } from 'node:util'
import { runUnary, type Call } from './load.ts'
import { cpuMicros, servingMicros, stayOnLoadCore } from './process.ts'
import { openGatehouse } from './systems/gatehouse.ts'
import { startUpstream } from './systems/upstream.ts'

/**
 * What a kept answer costs: `bun bench/caching.ts`. CPU of the gateway for each request that is refused (a model that there is not), that is answered from
 * the cache, and that is forwarded, all three in turn, with everything on. Goals: an answer that is kept takes at most 1.5 times as much as a refusal, and a
 * forwarded one at least 5 times as much as a kept one.
 */
const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '1' },
    callers: { type: 'string', default: '64' },
  },
})
const WARM_UP_SECONDS = 4

stayOnLoadCore()
const upstream = await startUpstream()
const { running } = await openGatehouse(upstream.port, undefined, {
  routes: '  kept: { targets: [upstream/bench-unary], cache: { ttl: 1d } }',
})

const callOf = (model: string): Call => ({
  url: running.chatUrl,
  headers: running.headers,
  body: JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You answer questions about parcels, briefly and politely.' },
      { role: 'user', content: 'Where is my parcel? It was to come on Monday, and it is Thursday now.' },
    ],
    temperature: 0,
    max_tokens: 200,
  }),
})

const KINDS = {
  refused: callOf('nobody'),
  kept: callOf('kept'),
  forwarded: callOf('bench'),
} as const
type Kind = keyof typeof KINDS
const NAMES: readonly Kind[] = ['refused', 'kept', 'forwarded']

/** CPU of one window in microseconds for each request: of all threads, and of the one that serves. */
async function measure(kind: Kind, seconds: number): Promise<readonly [all: number, serving: number]> {
  const before = [cpuMicros(running.pids), servingMicros(running.pids)] as const
  const { requests } = await runUnary(KINDS[kind], seconds, Number(values.callers))
  const after = [cpuMicros(running.pids), servingMicros(running.pids)] as const
  return [(after[0] - before[0]) / requests, (after[1] - before[1]) / requests]
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

try {
  for (const kind of NAMES) await measure(kind, WARM_UP_SECONDS)
  const windows: Record<Kind, (readonly [number, number])[]> = { refused: [], kept: [], forwarded: [] }
  for (let window = 0; window < Number(values.windows); window += 1)
    for (const kind of window % 2 === 0 ? NAMES : NAMES.toReversed())
      windows[kind].push(await measure(kind, Number(values.seconds)))
  for (const kind of NAMES) {
    const [all, serving] = [0, 1].map((at) => median(windows[kind].map((one) => one[at] ?? 0)))
    console.log(
      `${kind.padEnd(12)} ${(all ?? 0).toFixed(1)} µs of CPU each, ${(serving ?? 0).toFixed(1)} serving`,
    )
  }
  const ratio = (over: Kind, under: Kind): string =>
    [0, 1]
      .map((at) =>
        median(windows[over].map((one, window) => (one[at] ?? 0) / (windows[under][window]?.[at] ?? 1))),
      )
      .map((one) => one.toFixed(2))
      .join(', serving ')
  console.log(`kept / refused       ${ratio('kept', 'refused')} (goal: at most 1.5)`)
  console.log(`forwarded / kept     ${ratio('forwarded', 'kept')} (goal: at least 5)`)
} finally {
  await running.stop()
  await upstream.stop()
}
