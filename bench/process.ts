import { readdirSync, readFileSync } from 'node:fs'

/** Where the system stands that is measured, alone. */
export const SYSTEM_CORE = 0
/** Where everything else is: the upstream, and whoever calls. */
export const LOAD_CORE = 1

/** A system under measurement, running. */
export interface Running {
  readonly chatUrl: string
  /** Where an Anthropic client would go; absent when the system cannot translate to the upstream. */
  readonly messagesUrl?: string
  readonly embeddingsUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** The model name as this system wants it. */
  model(name: string): string
  /** Processes whose CPU and memory count. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

export interface System {
  readonly name: string
  /** Gives undefined, after saying why, when the system is not to be had on this machine. */
  start(upstreamPort: number): Promise<Running | undefined>
}

/** CPU time of the processes so far in microseconds, all threads, as the kernel accounts it. */
export function cpuMicros(pids: readonly number[]): number {
  let nanos = 0
  for (const pid of pids) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      try {
        nanos += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0])
      } catch {
        // The thread ended between the listing and the reading; what it used is lost to this figure.
      }
    }
  }
  return nanos / 1000
}

/** The same of the first thread of each alone, which is the one that serves: what throughput hangs on where there is another core. */
export function servingMicros(pids: readonly number[]): number {
  const nanos = pids.map((pid) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]))
  return nanos.reduce((sum, value) => sum + value, 0) / 1000
}

/** Resident memory of the processes in MB, shared pages counted in each. */
export function residentMb(pids: readonly number[]): number {
  const kib = pids.map((pid) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0),
  )
  return kib.reduce((sum, value) => sum + value, 0) / 1024
}

/** Keeps this process, all its threads, where the load belongs. */
export function stayOnLoadCore(): void {
  if (Bun.which('taskset') !== null)
    Bun.spawnSync(['taskset', '-a', '-c', '-p', `${LOAD_CORE}`, `${process.pid}`])
}

/** Starts a program on one core. */
export function startPinned(
  core: number,
  command: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
) {
  const pin = Bun.which('taskset') === null ? [] : ['taskset', '-c', String(core)]
  return Bun.spawn([...pin, ...command], {
    stdout: 'pipe',
    stderr: 'ignore',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: '65336', ...options.env },
  })
}

/** Reads a program's standard output until a line matches; rejects when it ends first. */
export async function waitForLine(
  output: ReadableStream<Uint8Array>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  let text = ''
  const decoder = new TextDecoder()
  const reader = output.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`program ended before it said ${pattern.source}: ${text.slice(-500)}`)
    text += decoder.decode(value, { stream: true })
    const match = pattern.exec(text)
    if (match !== null) {
      reader.releaseLock()
      return match
    }
  }
}

/** Waits until an address answers anything at all. */
export async function waitForHttp(url: string, attempts = 600): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      await (await fetch(url)).arrayBuffer()
      return
    } catch {
      await Bun.sleep(50)
    }
  }
  throw new Error(`nothing answers at ${url}`)
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = probe
  await probe.stop(true)
  return port ?? 0
}
