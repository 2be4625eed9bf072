import { parseArgs } from 'node:util'
import { parseJsonObject, readNumber, readObject } from '../src/kit/json.ts'
import { percentile, runStreams, type Call, type StreamLoad } from './load.ts'
import { stayOnLoadCore } from './process.ts'
import { openGatehouse } from './systems/gatehouse.ts'
import { startUpstream } from './systems/upstream.ts'

/**
 * What hedging gains and costs, through sockets: `bun bench/hedging.ts`. Two providers of which each begins 2 % of its streams late, once
 * without and once with a hedge after the time within which 95 % begin. It fails where the slowest hundredth does not come down threefold, or more than
 * 6 % of the requests had a second attempt.
 */
const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '30' },
  },
})
const MODEL = 'bench-straggle-2-5'
/** Until it is known how long streams take to begin. */
const WARM_STREAMS = 300
const WARM_MS = 4_000
const LEAST_FACTOR = 3
const MOST_EXTRA = 0.06

const upstream = await startUpstream()
const price = 'price: { input: 2.5, output: 10 }'
const gatehouse = await openGatehouse(upstream.port, undefined, {
  providers: ['east', 'west']
    .map(
      (name) =>
        `  ${name}: { type: openai, key: env:UPSTREAM_KEY, base_url: "http://127.0.0.1:${upstream.port}/v1", incident_domain: ${name} }`,
    )
    .join('\n'),
  models: ['east', 'west'].map((name) => `  ${name}/${MODEL}: { ${price} }`).join('\n'),
  routes: `
  plain: { targets: [east/${MODEL}, west/${MODEL}] }
  hedged: { targets: [east/${MODEL}, west/${MODEL}], hedge: p95 }`,
})
const { running, askAdmin } = gatehouse

const callOf = (route: string): Call => ({
  url: running.chatUrl,
  headers: running.headers,
  body: JSON.stringify({
    model: route,
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 200,
    stream: true,
  }),
})

/** Attempts so far, as the ledger has them. */
async function attempts(): Promise<number> {
  // Rows wait for company before they are written.
  await Bun.sleep(2_000)
  const report = parseJsonObject(await (await askAdmin('/api/v1/usage?by=day&from=1d')).text())
  return readNumber(readObject(report ?? {}, 'total') ?? {}, 'attempts') ?? Number.NaN
}

interface Measured {
  readonly load: StreamLoad
  /** Attempts that were not the first, as a share of the requests. */
  readonly extra: number
}

async function measure(route: string): Promise<Measured> {
  const streams = Number(values.streams)
  await runStreams(callOf(route), WARM_STREAMS, WARM_MS)
  const before = await attempts()
  const load = await runStreams(callOf(route), streams, Number(values.seconds) * 1_000)
  const extra = ((await attempts()) - before) / streams - 1
  const ms = (share: number): string => percentile(load.firstTokenMs, share).toFixed(0).padStart(6)
  console.log(
    `${route.padEnd(8)} first token: p50 ${ms(0.5)} ms, p95 ${ms(0.95)} ms, p99 ${ms(0.99)} ms; ${(100 * extra).toFixed(1)} % extra starts, ${load.failures} of ${load.streams} failed`,
  )
  return { load, extra }
}

try {
  stayOnLoadCore()
  const plain = await measure('plain')
  const hedged = await measure('hedged')
  const factor = percentile(plain.load.firstTokenMs, 0.99) / percentile(hedged.load.firstTokenMs, 0.99)
  const isGood = factor >= LEAST_FACTOR && hedged.extra <= MOST_EXTRA && hedged.load.failures === 0
  console.log(
    `p99 is ${factor.toFixed(1)} times lower: ${isGood ? 'as it should be' : 'NOT as it should be'}`,
  )
  process.exitCode = isGood ? 0 : 1
} finally {
  await running.stop()
  await upstream.stop()
}
