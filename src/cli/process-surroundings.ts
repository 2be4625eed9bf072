import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { isatty } from 'node:tty'
import { systemClock } from '../kit/clock.ts'
import { createLineSink, type LineSink } from '../kit/line-sink.ts'
import { systemRandom } from '../kit/random.ts'
import { STOP_SIGNALS } from './command.ts'
import type { LiveTerminal, Terminal } from './output.ts'
import type { Surroundings } from './run.ts'

const DEFAULT_COLUMNS = 100
/** For the last words of a gateway that was stopped. */
const LAST_WORDS_MS = 1_000
/** Between two looks whether a reader has made room. */
const FULL_PIPE_MS = 5

/** The surroundings of a real command line: this process, its terminal and its signals. */
export function processSurroundings(): Surroundings {
  const stopping = new AbortController()
  const killing = new AbortController()
  const onSignal = (): void => {
    if (stopping.signal.aborted) killing.abort()
    else stopping.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const terminal = processTerminal()
  return {
    terminal,
    openLiveTerminal: () => liveTerminal(terminal),
    environment: process.env,
    directory: process.cwd(),
    clock: systemClock,
    random: systemRandom,
    readInput: () => Bun.stdin.bytes(),
    readLine: readOneLine,
    stopped: stopping.signal,
    killed: killing.signal,
    onHangup(listener) {
      process.on('SIGHUP', listener)
      return () => void process.off('SIGHUP', listener)
    },
    onSignal(listener) {
      const listeners = STOP_SIGNALS.map((signal) => ({ signal, tell: () => listener(signal) }))
      for (const { signal, tell } of listeners) process.on(signal, tell)
      return () => {
        for (const { signal, tell } of listeners) process.off(signal, tell)
      }
    },
    onKey: followKeys,
  }
}

/** Keys as they are pressed, without Enter; nothing where nobody sits at the terminal. */
function followKeys(listener: (key: string) => void): () => void {
  const { stdin } = process
  if (!stdin.isTTY) return () => undefined
  const tell = (bytes: Buffer): void => listener(bytes.toString('utf8'))
  stdin.setRawMode(true)
  stdin.on('data', tell)
  return () => {
    stdin.off('data', tell)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

async function readOneLine(): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin })
  try {
    for await (const line of lines) return line
    return undefined
  } finally {
    lines.close()
  }
}

/** https://no-color.org and https://force-color.org decide over what the terminal can do. */
function processTerminal(): Terminal {
  const { env, stdout, stderr } = process
  const forced = (env['FORCE_COLOR'] ?? '') !== '' && env['FORCE_COLOR'] !== '0'
  const refused = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb'
  const isTty = isatty(stdout.fd)
  return {
    write: (text) => writeAll(1, text),
    writeError: (text) => writeAll(2, text),
    columns: isTty ? stdout.columns : DEFAULT_COLUMNS,
    isTty,
    isErrorTty: isatty(stderr.fd),
    hasColours: forced || (isTty && !refused),
  }
}

/**
 * The terminal of a process that serves. The descriptors are written to without blocking a thread: the runtime has as few of them as
 * the machine has cores, and the ledger's syncs need them.
 */
function liveTerminal(terminal: Terminal): LiveTerminal {
  const out = sinkOf(1)
  const error = sinkOf(2)
  return {
    ...terminal,
    write: (text) => out.write(text),
    writeError: (text) => error.write(text),
    droppedLines: () => out.dropped + error.dropped,
    flush: async () => void (await Promise.all([out.flush(LAST_WORDS_MS), error.flush(LAST_WORDS_MS)])),
  }
}

function sinkOf(descriptor: number): LineSink {
  const file = Bun.file(descriptor).writer()
  return createLineSink({
    clock: systemClock,
    lossLine: (lines) => `${JSON.stringify({ event: 'lines-lost', lines })}\n`,
    async write(text) {
      await file.write(text)
      await file.flush()
    },
  })
}

/**
 * Writes everything before it returns, so that nothing is lost when the process ends. A reader that has left
 * (`gatehouse logs | head`) is no failure; one that is slow is waited for.
 */
function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  let written = 0
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written)
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (code === 'EPIPE') return
      if (code !== 'EAGAIN') throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_MS)
    }
  }
}
