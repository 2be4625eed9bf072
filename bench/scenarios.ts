import { percentile, runStreams, runUnary, type Call } from './load.ts'
import { cpuMicros, residentMb, type Running } from './process.ts'

/** Figures of one system in one scenario; a missing figure was not measured, for a reason printed beside it. */
export type Figures = Readonly<Record<string, number>>

export interface Scenario {
  readonly name: string
  readonly group: 'unary' | 'stream' | 'memory'
  /** True when the system must understand an Anthropic client. */
  readonly translated: boolean
  run(running: Running, scale: number): Promise<Figures>
}

/** Streams begin spread over this time: a burst of connections would measure the burst. */
const RAMP_MS = 1_000

const PROMPT =
  'Tell me, in the words of a patient teacher, what a gateway is and why a company would want one. '.repeat(3)

const chatCall = (running: Running, model: string, stream: boolean): Call => ({
  url: running.chatUrl,
  headers: running.headers,
  body: JSON.stringify({
    model: running.model(model),
    messages: [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: PROMPT },
    ],
    max_tokens: 200,
    ...(stream ? { stream: true } : {}),
  }),
})

const messagesCall = (running: Running, model: string, stream: boolean): Call => ({
  url: running.messagesUrl ?? '',
  headers: { ...running.headers, 'anthropic-version': '2023-06-01' },
  body: JSON.stringify({
    model: running.model(model),
    system: 'You are a helpful assistant.',
    messages: [{ role: 'user', content: PROMPT }],
    max_tokens: 200,
    ...(stream ? { stream: true } : {}),
  }),
})

const WARM_UP_CALLERS = 64
const WARM_UP_SECONDS = 4
const UNARY_SECONDS = 4

type MakeCall = (running: Running, model: string, stream: boolean) => Call

const unary = (name: string, makeCall: MakeCall, concurrency: number): Scenario => ({
  name,
  group: 'unary',
  translated: makeCall === messagesCall,
  async run(running, scale) {
    const call = makeCall(running, 'bench-unary', false)
    // Steady state is what is compared. One caller alone would need a minute until everything is compiled, so every system
    // is warmed up by many, also where it is measured by one.
    await runUnary(call, WARM_UP_SECONDS * scale, WARM_UP_CALLERS)
    const before = cpuMicros(running.pids)
    const load = await runUnary(call, UNARY_SECONDS * scale, concurrency)
    const cpu = cpuMicros(running.pids) - before
    return {
      failures: load.failures,
      requestsPerSecond: (load.requests / load.wallMs) * 1000,
      cpuMicrosPerRequest: cpu / load.requests,
      p50Ms: percentile(load.latenciesMs, 0.5),
      p99Ms: percentile(load.latenciesMs, 0.99),
    }
  },
})

const stream = (
  name: string,
  makeCall: MakeCall,
  shape: { streams: number; chunks: number; gapMs: number },
): Scenario => ({
  name,
  group: 'stream',
  translated: makeCall === messagesCall,
  async run(running, scale) {
    const streams = Math.round(shape.streams * scale)
    const call = makeCall(running, `bench-stream-${shape.chunks}-${shape.gapMs}`, true)
    await runStreams(call, Math.ceil(streams / 2), 500)
    const before = cpuMicros(running.pids)
    const pending = runStreams(call, streams, RAMP_MS)
    await Bun.sleep(1_500)
    const memoryMb = residentMb(running.pids)
    const load = await pending
    return {
      failures: load.failures,
      chunks: load.chunks,
      cpuMicrosPerChunk: (cpuMicros(running.pids) - before) / (streams * (shape.chunks + 3)),
      firstTokenP50Ms: percentile(load.firstTokenMs, 0.5),
      firstTokenP99Ms: percentile(load.firstTokenMs, 0.99),
      longestGapMs: load.longestGapMs.at(-1) ?? Number.NaN,
      memoryMb,
    }
  },
})

/** In order of running. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'idle',
    group: 'memory',
    translated: false,
    async run(running) {
      await Bun.sleep(1_500)
      return { memoryMb: residentMb(running.pids) }
    },
  },
  unary('unary c1', chatCall, 1),
  unary('unary c64', chatCall, 64),
  unary('translated c1', messagesCall, 1),
  unary('translated c64', messagesCall, 64),
  stream('stream', chatCall, { streams: 50, chunks: 300, gapMs: 10 }),
  stream('stream translated', messagesCall, { streams: 50, chunks: 300, gapMs: 10 }),
  stream('500 streams at 50/s', chatCall, { streams: 500, chunks: 250, gapMs: 20 }),
]
