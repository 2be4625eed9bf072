/*
 * What the export of traces and records costs a request: deciding, gathering, and writing, in microseconds of processor time of the one thread that serves.
 *   bun bench/telemetry.ts
 */
import type { AttemptResult } from '../src/exchange/attempt-result.ts'
import { NO_USAGE } from '../src/exchange/usage.ts'
import { spanIdOf } from '../src/exchange/trace-context.ts'
import { systemClock } from '../src/kit/clock.ts'
import { createIds } from '../src/kit/ids.ts'
import { LIMITS } from '../src/kit/limits.ts'
import { systemRandom } from '../src/kit/random.ts'
import type { EndedRequest } from '../src/telemetry/ended-request.ts'
import { toRecord } from '../src/insight/request-record.ts'
import { createTracing, writeTraces } from '../src/telemetry/otlp/tracing.ts'

const REQUESTS = 100_000
const ORIGIN = { service: 'bench', version: '0', instance: 'one' }
const ids = createIds(systemClock, systemRandom)

/** Of this thread, which others on the machine do not stretch. */
function cpuMicros(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}

function attempt(): AttemptResult {
  return {
    id: ids.mint('att'),
    target: 'openai/gpt-5',
    credential: 'openai/default',
    lane: 'native',
    outcome: 'ok',
    status: 200,
    startedMs: 0.4,
    durationMs: 812.5,
    firstEventMs: 210.2,
    basis: 'reported',
    usage: { ...NO_USAGE, inputTokens: 1_200, outputTokens: 300 },
    costNanoUsd: 4_500_000n,
    price: { id: 'list', input: 1_250_000n, output: 10_000_000n, simulated: false },
    simulated: false,
  }
}

function ended(): EndedRequest {
  const id = ids.mint('req')
  return {
    id,
    trace: { traceId: spanIdOf(id) + spanIdOf(`${id} `), spanId: spanIdOf(id) },
    dialect: 'openai-chat',
    operation: 'chat',
    path: '/v1/chat/completions',
    stream: true,
    requestedModel: 'smart',
    tags: [],
    client: 'openai',
    notices: '',
    route: 'smart',
    target: 'openai/gpt-5',
    outcome: 'ok',
    status: 200,
    atMs: systemClock.nowMs(),
    durationMs: 813,
    upstreamMs: 812,
    firstEventMs: 211,
    inputTokens: 1_200,
    outputTokens: 300,
    costNanoUsd: 4_500_000n,
    simulated: false,
    estimated: false,
    owners: { key: 'key_1', project: 'shop' },
    planVersion: '1-abc',
    attempts: [attempt()],
    steps: [
      { step: 'rank', strategy: 'ordered', reason: 'first-in-order', targets: [{ target: 'openai/gpt-5' }] },
    ],
  }
}

function run(ratio: number): { readonly microseconds: number; readonly bytes: number } {
  const requests = Array.from({ length: REQUESTS }, ended)
  let gathered: EndedRequest[] = []
  let bytes = 0
  const tracing = createTracing({ sampling: { ratio, errors: true }, add: (one) => gathered.push(one) })
  const beganMicros = cpuMicros()
  for (const request of requests) {
    tracing.end(request)
    if (gathered.length < LIMITS.sinkBatch) continue
    bytes += writeTraces(gathered, ORIGIN, { version: '1.41' }).length
    gathered = []
  }
  return { microseconds: (cpuMicros() - beganMicros) / REQUESTS, bytes: bytes / REQUESTS }
}

/** What the record of a request costs that sinks get. */
function writeRecords(): { readonly microseconds: number; readonly bytes: number } {
  const requests = Array.from({ length: REQUESTS }, ended)
  let bytes = 0
  const beganMicros = cpuMicros()
  for (const request of requests) bytes += JSON.stringify(toRecord(request)).length
  return { microseconds: (cpuMicros() - beganMicros) / REQUESTS, bytes: bytes / REQUESTS }
}

run(1)
for (const ratio of [0, 0.1, 1]) {
  const { microseconds, bytes } = run(ratio)
  console.log(`ratio ${ratio}: ${microseconds.toFixed(2)} µs and ${bytes.toFixed(0)} bytes a request`)
}
writeRecords()
const { microseconds, bytes } = writeRecords()
console.log(`record: ${microseconds.toFixed(2)} µs and ${bytes.toFixed(0)} bytes a request`)
