/** How a request of one scenario looks. */
export interface Call {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface UnaryLoad {
  readonly requests: number
  readonly failures: number
  readonly wallMs: number
  /** Milliseconds per request, ascending. */
  readonly latenciesMs: readonly number[]
}

export interface StreamLoad {
  readonly streams: number
  readonly failures: number
  readonly chunks: number
  readonly wallMs: number
  /** Milliseconds to the first token, ascending. What comes before it means nothing to a reader. */
  readonly firstTokenMs: readonly number[]
  /** Longest pause within each stream, ascending. */
  readonly longestGapMs: readonly number[]
}

/**
 * Sends calls for `seconds` over `concurrency` loops, each waiting for its answer.
 *
 * @param pauseMs what each loop waits between an answer and its next call; 0 measures a system that is saturated
 */
export async function runUnary(
  call: Call,
  seconds: number,
  concurrency: number,
  pauseMs = 0,
): Promise<UnaryLoad> {
  const latencies: number[] = []
  let failures = 0
  const startedMs = performance.now()
  const untilMs = startedMs + seconds * 1000
  const loop = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      const beganMs = performance.now()
      const response = await fetch(call.url, { method: 'POST', headers: call.headers, body: call.body })
      await response.arrayBuffer()
      latencies.push(performance.now() - beganMs)
      if (response.status !== 200) failures += 1
      if (pauseMs > 0) await Bun.sleep(pauseMs)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, loop))
  const wallMs = performance.now() - startedMs
  return { requests: latencies.length, failures, wallMs, latenciesMs: latencies.sort((a, b) => a - b) }
}

/** Opens `streams` streams spread over `rampMs` and reads them to the end. */
export async function runStreams(call: Call, streams: number, rampMs: number): Promise<StreamLoad> {
  const firstTokenMs: number[] = []
  const longestGapMs: number[] = []
  let chunks = 0
  let failures = 0
  const startedMs = performance.now()
  const one = async (ordinal: number): Promise<void> => {
    await Bun.sleep((rampMs * ordinal) / streams)
    const beganMs = performance.now()
    const response = await fetch(call.url, { method: 'POST', headers: call.headers, body: call.body })
    let lastMs = 0
    let longest = 0
    let tail = ''
    for await (const bytes of response.body ?? []) {
      const nowMs = performance.now()
      const text = Buffer.from(bytes).toString('latin1')
      const hasToken = text.includes(' token')
      if (lastMs > 0) longest = Math.max(longest, nowMs - lastMs)
      else if (hasToken) firstTokenMs.push(nowMs - beganMs)
      if (lastMs > 0 || hasToken) lastMs = nowMs
      chunks += text.split('\n\n').length - 1
      tail = (tail + text).slice(-200)
    }
    longestGapMs.push(longest)
    if (response.status !== 200 || !/\[DONE\]|message_stop/.test(tail)) failures += 1
  }
  await Promise.all(Array.from({ length: streams }, (_, ordinal) => one(ordinal)))
  const ascending = (left: number, right: number): number => left - right
  return {
    streams,
    failures,
    chunks,
    wallMs: performance.now() - startedMs,
    firstTokenMs: firstTokenMs.sort(ascending),
    longestGapMs: longestGapMs.sort(ascending),
  }
}

/** The value below which a share of an ascending list lies. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
