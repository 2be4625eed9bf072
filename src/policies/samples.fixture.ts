import type { ResponseEvent } from '../exchange/event.ts'
import type { AttemptResult } from '../exchange/attempt-result.ts'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import { watchResponse } from '../exchange/watcher.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'
import type { Attempt, Exchange } from '../exchange/exchange.ts'
import type { Route } from '../exchange/route.ts'
import { Trail } from '../exchange/trail.ts'
import { NoticeList } from '../exchange/notice.ts'
import { toFailure, type Failure } from '../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../exchange/response.ts'
import type { Target } from '../exchange/target.ts'
import { NO_USAGE, type Usage } from '../exchange/usage.ts'
import { sampleChat } from '../routing/samples.fixture.ts'
import type { Labels, Telemetry } from '../telemetry/telemetry.ts'
import { scanJson } from '../kit/json-scan.ts'
import type { Admission, AttemptAdmission, AttemptLayer, HandleExchange } from './policy.ts'

const START_MS = 1_767_225_600_000

/** For tests: an exchange that begins when a manual clock does. */
export function sampleExchange(changes: Partial<Exchange> = {}): Exchange {
  const request = changes.request ?? sampleChat()
  return {
    id: 'req_1',
    dialect: 'sample-dialect',
    request,
    caller: sampleCaller(),
    raw: {
      form: 'json',
      bytes: new Uint8Array(),
      scan: scanJson(new TextEncoder().encode('{}')),
      says: request,
    },
    envelope: sampleEnvelope(),
    requestOptions: {},
    startedAtMs: START_MS,
    startedElapsedMs: 0,
    deadlineAtMs: START_MS + 900_000,
    signal: new AbortController().signal,
    trail: new Trail(),
    planVersion: '1-test',
    ...changes,
  }
}

/** For tests: an exchange as it reaches dispatch. */
export function routedExchange(route: Route, changes: Partial<Exchange> = {}): Exchange {
  return sampleExchange({ route, ...changes })
}

/** For tests: the first attempt at a target. */
export function sampleAttempt(target: Target, changes: Partial<Attempt> = {}): Attempt {
  const exchange = changes.exchange ?? sampleExchange()
  const [credential] = target.credentials
  if (credential === undefined) throw new Error('the sample target has no credential')
  return {
    id: 'att_1',
    ordinal: 1,
    exchange,
    target,
    credential,
    deadlineAtMs: START_MS + target.timeouts.totalMs,
    signal: exchange.signal,
    notices: new NoticeList(),
    freshConnection: false,
    lastResort: false,
    ...changes,
  }
}

/** For tests: a usage with these buckets. */
export function sampleUsage(changes: Partial<Usage> = {}): Usage {
  return { ...NO_USAGE, inputTokens: 10, outputTokens: 5, ...changes }
}

/** For tests: what became of an attempt that went well. */
export function sampleResult(changes: Partial<AttemptResult> = {}): AttemptResult {
  return {
    id: 'att_1',
    target: 'one/a',
    credential: 'one/main',
    lane: 'translated',
    outcome: 'ok',
    startedMs: 0,
    durationMs: 1,
    basis: 'reported',
    usage: sampleUsage(),
    simulated: false,
    ...changes,
  }
}

/** For tests: the events of a short answer. */
export function answer(text = 'It is tall.', usage: Usage = sampleUsage()): ResponseEvent[] {
  return [
    { type: 'start', model: 'sample' },
    { type: 'block-start', choice: 0, index: 0, block: { type: 'text', text: '' } },
    { type: 'text-delta', choice: 0, index: 0, text },
    { type: 'block-end', choice: 0, index: 0 },
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage },
    { type: 'end' },
  ]
}

/** For tests: a source that gives the chunks, and remembers why it was cancelled. */
export interface ScriptedSource extends ChunkSource {
  readonly cancelledBy: Failure | undefined
}

/** For tests: plays chunks of events, one per `next`; a function is called when its turn comes. */
export function playSource(
  chunks: readonly (readonly ResponseEvent[] | (() => Promise<ResponseChunk | undefined>))[],
): ScriptedSource {
  let position = 0
  let cancelledBy: Failure | undefined
  return {
    async next() {
      if (cancelledBy !== undefined) return undefined
      const chunk = chunks[position]
      position += 1
      if (typeof chunk === 'function') return chunk()
      return chunk === undefined ? undefined : { events: chunk }
    },
    cancel(reason) {
      cancelledBy ??= reason
    },
    get cancelledBy() {
      return cancelledBy
    },
  }
}

/** For tests: a response around a source. */
export function respond(target: Target, source: ChunkSource): ModelResponse {
  return { from: { kind: 'provider', target, lane: 'translated' }, headers: {}, source }
}

/** For tests: an admission in front of an answer, with which the exchange ends, as the gateway has it. */
export function admitting(admission: Admission, answerTo: HandleExchange): HandleExchange {
  return async (exchange) => {
    const { trail } = exchange
    try {
      const response = await answerTo(await admission(exchange))
      return watchResponse(response, { onEnd: (failure) => trail.end(failure) })
    } catch (thrown) {
      const failure = toFailure(thrown)
      trail.end(failure)
      throw failure
    }
  }
}

/** For tests: an admission in front of attempts, told of their ends as the meter tells it. */
export function letThrough(admission: AttemptAdmission): AttemptLayer {
  return (next) => async (attempt) => {
    const watcher = await admission(attempt)
    try {
      const response = await next(attempt)
      return watcher === undefined ? response : watchResponse(response, watcher)
    } catch (thrown) {
      watcher?.onEnd(toFailure(thrown))
      throw thrown
    }
  }
}

/** Reads a response to its end and gives all events. */
export async function drain(source: ChunkSource): Promise<ResponseEvent[]> {
  const events: ResponseEvent[] = []
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    events.push(...chunk.events)
  }
  return events
}

/** For tests: a telemetry that remembers. */
export interface RecordingTelemetry extends Telemetry {
  readonly counts: Map<string, number>
  readonly observed: Map<string, number[]>
  readonly lines: string[]
}

/** For tests: creates a telemetry whose counters are keyed `name{label=value,…}`. */
export function createRecordingTelemetry(): RecordingTelemetry {
  const counts = new Map<string, number>()
  const observed = new Map<string, number[]>()
  const lines: string[] = []
  const count = (name: string, labels?: Labels, by = 1): void => {
    const key = name + spell(labels)
    counts.set(key, (counts.get(key) ?? 0) + by)
  }
  const observe = (name: string, value: number, labels?: Labels): void => {
    const key = name + spell(labels)
    observed.set(key, [...(observed.get(key) ?? []), value])
  }
  return {
    counts,
    observed,
    lines,
    count,
    observe,
    counter: (name, labels) => ({ add: (by) => count(name, labels, by) }),
    histogram: (name, labels) => ({ observe: (value) => observe(name, value, labels) }),
    gauge() {},
    log: (level, message) => void lines.push(`${level}: ${message}`),
  }
}

function spell(labels: Labels | undefined): string {
  if (labels === undefined) return ''
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')}}`
}
