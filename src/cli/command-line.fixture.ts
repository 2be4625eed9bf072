import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../config/interpolate.ts'
import { systemClock } from '../kit/clock.ts'
import { systemRandom } from '../kit/random.ts'
import type { Terminal } from './output.ts'
import { runCommandLine } from './run.ts'

interface Around {
  readonly environment?: Environment
  readonly columns?: number
  readonly isErrorTty?: boolean
  readonly stopped?: AbortSignal
  /** What is piped in. */
  readonly input?: string
  readonly onOut?: (text: string) => void
}

/** Working directories of the command line, all below one that `close` removes. */
export function createWorkplaces() {
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'))
  let count = 0
  return {
    scratch,
    /** A new working directory with a configuration that knows only the simulator. */
    workplace(config = 'providers: { sim: }\n'): string {
      count += 1
      const directory = join(scratch, String(count))
      mkdirSync(directory)
      writeFileSync(join(directory, 'gatehouse.yaml'), config)
      return directory
    },
    // The files beside a database go by themselves when its last thread has let go, which may be meanwhile.
    close: () => rmSync(scratch, { recursive: true, force: true }),
  }
}

/** Runs one command line in a directory and gives what it said. */
export async function run(directory: string, given: readonly string[], around: Around = {}) {
  let out = ''
  let err = ''
  const terminal: Terminal = {
    write(text) {
      out += text
      around.onOut?.(out)
    },
    writeError: (text) => void (err += text),
    columns: around.columns ?? 200,
    isTty: false,
    isErrorTty: around.isErrorTty ?? false,
    hasColours: false,
  }
  const exitCode = await runCommandLine(given, {
    terminal,
    openLiveTerminal: () => ({ ...terminal, flush: () => Promise.resolve() }),
    environment: around.environment ?? {},
    directory,
    clock: systemClock,
    random: systemRandom,
    readInput: () => Promise.resolve(new TextEncoder().encode(around.input ?? '')),
    readLine: () => Promise.resolve(around.input?.split('\n')[0]),
    stopped: around.stopped ?? new AbortController().signal,
    killed: new AbortController().signal,
    onHangup: () => () => undefined,
    onSignal: () => () => undefined,
    onKey: () => () => undefined,
  })
  return { exitCode, out, err }
}
