import { chatCall, embeddingsCall, messagesCall, type MakeCall } from './calls.ts'
import { embeddingsText } from './embeddings.ts'
import { percentile, runStreams, runUnary, type Call } from './load.ts'
import {
  cpuMicros,
  LOAD_CORE,
  residentMb,
  servingMicros,
  startPinned,
  waitForLine,
  type Running,
} from './process.ts'
import type { Figures } from './windows.ts'
import { runWrk, wrkBinary } from './wrk.ts'

export interface Scenario {
  readonly name: string
  readonly group: 'memory' | 'unary' | 'stream' | 'embeddings' | 'bodies'
  /** How often every system is measured. */
  readonly windows: number
  /** Absent: nothing is called. */
  readonly call?: MakeCall
  /** Brings a system to its steady state; once for all scenarios that have the same. */
  readonly warmUp?: WarmUp
  /** @param scale 1, or less for a look that is quick and says little */
  measure(running: Running, call: Call, scale: number): Promise<Figures>
}

interface WarmUp {
  readonly name: string
  run(call: Call, scale: number): Promise<unknown>
}

const MANY = 64
const WINDOW_SECONDS = 1
/** A compiler goes on improving for so long under load (measured at 6 to 8 s). */
const WARM_UP_SECONDS = 8
/** Streams begin spread over this time: a burst of connections would measure the burst. */
const RAMP_MS = 1_000

const underLoad = (name: string, callers = MANY): WarmUp => ({
  name,
  run: (call, scale) => runUnary(call, WARM_UP_SECONDS * scale, callers),
})

/** One or a few callers, by the generator that keeps every latency. */
const lone = (name: string, call: MakeCall, warmUp: WarmUp): Scenario => ({
  name,
  group: 'unary',
  windows: 12,
  call,
  warmUp,
  async measure({ pids }, asked, scale) {
    const before = cpuMicros(pids)
    const { requests, failures, latenciesMs } = await runUnary(asked, WINDOW_SECONDS * scale, 1)
    return {
      failures,
      cpuMicrosPerRequest: (cpuMicros(pids) - before) / requests,
      p50Ms: percentile(latenciesMs, 0.5),
      p99Ms: percentile(latenciesMs, 0.99),
    }
  },
})

/** A system that has more to do than it can, by a compiled generator where there is one. */
const saturated = (
  shape: Pick<Scenario, 'name' | 'group' | 'windows'> & { call: MakeCall; warmUp: WarmUp },
  callers = MANY,
): Scenario => ({
  ...shape,
  async measure({ pids }, asked, scale) {
    const [before, servingBefore] = [cpuMicros(pids), servingMicros(pids)]
    const { requests, failures, wallMs } =
      wrkBinary === undefined
        ? await runUnary(asked, WINDOW_SECONDS * scale, callers)
        : await runWrk(asked, WINDOW_SECONDS, callers)
    const cpu = cpuMicros(pids) - before
    return {
      failures,
      requestsPerSecond: (requests / wallMs) * 1000,
      cpuMicrosPerRequest: cpu / requests,
      servingMicrosPerRequest: (servingMicros(pids) - servingBefore) / requests,
      // Where it is not near 1 the system waited for the load, and a figure per request holds its idling too.
      busy: cpu / (wallMs * 1000),
    }
  },
})

interface StreamShape {
  readonly streams: number
  readonly chunks: number
  readonly gapMs: number
  readonly windows: number
}

const streamed = (name: string, chat: typeof chatCall, shape: StreamShape): Scenario => ({
  name,
  group: 'stream',
  windows: shape.windows,
  call: chat(`bench-stream-${shape.chunks}-${shape.gapMs}`, true),
  warmUp: {
    name: chat === chatCall ? 'streams' : 'translated streams',
    async run(call, scale) {
      for (let round = 0; round < 3 * scale; round += 1)
        await runStreams(call, Math.ceil(50 * scale), RAMP_MS * scale)
    },
  },
  async measure({ pids }, call, scale) {
    const streams = Math.ceil(shape.streams * scale)
    const chunks = streams * (shape.chunks + 3)
    const [before, servingBefore] = [cpuMicros(pids), servingMicros(pids)]
    const pending = runStreams(call, streams, RAMP_MS)
    await Bun.sleep(1_500)
    const memoryMb = residentMb(pids)
    const load = await pending
    return {
      failures: load.failures,
      cpuMicrosPerChunk: (cpuMicros(pids) - before) / chunks,
      servingMicrosPerChunk: (servingMicros(pids) - servingBefore) / chunks,
      firstTokenP50Ms: percentile(load.firstTokenMs, 0.5),
      firstTokenP99Ms: percentile(load.firstTokenMs, 0.99),
      longestGapMs: load.longestGapMs.at(-1) ?? Number.NaN,
      memoryMb,
    }
  },
})

const LARGE_MODEL = 'bench-unary'
const BESIDE = 16

/** Small callers alone, and beside one who sends bodies of 20 MB: how much longer do the slowest of them wait? */
const besideLarge: Scenario = {
  name: `c${BESIDE} beside 20 MB`,
  group: 'bodies',
  windows: 8,
  call: chatCall(LARGE_MODEL),
  warmUp: underLoad('chat'),
  async measure(running, call, scale) {
    const quiet = await runUnary(call, WINDOW_SECONDS * scale, BESIDE)
    const { chatUrl, headers } = running
    const script = `${import.meta.dir}/large-bodies.ts`
    const told = [chatUrl, JSON.stringify(headers), running.model(LARGE_MODEL)]
    const sender = startPinned(LOAD_CORE, [process.execPath, script, ...told])
    try {
      const [, status] = await waitForLine(sender.stdout, /(\d+)\n/)
      const beside = await runUnary(call, 2 * WINDOW_SECONDS * scale, BESIDE)
      return {
        failures: quiet.failures + beside.failures + (status === '200' ? 0 : 1),
        quietP99Ms: percentile(quiet.latenciesMs, 0.99),
        besideP99Ms: percentile(beside.latenciesMs, 0.99),
      }
    } finally {
      sender.kill('SIGKILL')
      await sender.exited
    }
  },
}

const TEXTS = 100
const FLOATS = 1_536
const VECTOR_CALLERS = 4

/** What it would cost to take the same answer apart and put it together again, in CPU time of this process. */
export function parseAndStringify(): Figures {
  const text = embeddingsText(TEXTS, FLOATS)
  const rounds = 5
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) JSON.stringify(JSON.parse(text))
  const { user, system } = process.cpuUsage(before)
  return { cpuMicrosPerRequest: (user + system) / rounds }
}

/** In order of running. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'idle',
    group: 'memory',
    windows: 1,
    async measure({ pids }) {
      await Bun.sleep(1_500)
      return { memoryMb: residentMb(pids) }
    },
  },
  saturated({
    name: 'unary c64',
    group: 'unary',
    windows: 12,
    call: chatCall('bench-unary'),
    warmUp: underLoad('chat'),
  }),
  lone('unary c1', chatCall('bench-unary'), underLoad('chat')),
  saturated({
    name: 'translated c64',
    group: 'unary',
    windows: 12,
    call: messagesCall('bench-unary'),
    warmUp: underLoad('messages'),
  }),
  lone('translated c1', messagesCall('bench-unary'), underLoad('messages')),
  saturated(
    {
      name: 'embeddings',
      group: 'embeddings',
      windows: 8,
      call: embeddingsCall(TEXTS, FLOATS),
      warmUp: underLoad('embeddings', VECTOR_CALLERS),
    },
    VECTOR_CALLERS,
  ),
  besideLarge,
  streamed('stream', chatCall, { streams: 50, chunks: 300, gapMs: 10, windows: 5 }),
  streamed('stream translated', messagesCall, { streams: 50, chunks: 300, gapMs: 10, windows: 5 }),
  streamed('500 streams at 50/s', chatCall, { streams: 500, chunks: 250, gapMs: 20, windows: 3 }),
]
