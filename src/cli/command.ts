import type { Environment } from '../config/interpolate.ts'
import type { Clock } from '../kit/clock.ts'
import type { Random } from '../kit/random.ts'
import type { FlagSpecs, ParsedArguments } from './arguments.ts'
import type { Output } from './output.ts'

/** Exit codes, the same for every command. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  denied: 4,
  unreachable: 5,
  unmet: 6,
  interrupted: 130,
} as const

/** Signals that ask to stop. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type StopSignal = (typeof STOP_SIGNALS)[number]

/** What there is around a command: everything it may touch comes from here. */
export interface CommandCall {
  readonly arguments: ParsedArguments
  readonly output: Output
  readonly environment: Environment
  /** Working directory, absolute. */
  readonly directory: string
  readonly clock: Clock
  readonly random: Random
  /** What is piped in, to its end. */
  readonly readInput: () => Promise<Uint8Array>
  /** One line that a person types or a program pipes in; undefined at its end. */
  readonly readLine: () => Promise<string | undefined>
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly stopped: AbortSignal
  /** Aborted by the second. */
  readonly killed: AbortSignal
  /** Calls back on SIGHUP; gives a function that ends it. */
  onHangup(listener: () => void): () => void
  /** Calls back on every signal that asks to stop; gives a function that ends it. */
  onSignal(listener: (signal: StopSignal) => void): () => void
  /** Calls back with every key that is pressed, where a person is there; gives a function that ends it. */
  onKey(listener: (key: string) => void): () => void
}

/** One command of the command line. */
export interface Command {
  readonly name: string
  /** What follows the name: `[file]`, `create|list|revoke`. */
  readonly usage: string
  readonly summary: string
  readonly examples: readonly string[]
  readonly flags: FlagSpecs
  /** Most positional arguments. */
  readonly positionals: number
  /** Runs until it is stopped and serves others meanwhile: it must never wait for the reader of its words. */
  readonly serves?: true
  /** What follows the first positional belongs to another program, flags included. */
  readonly passesOn?: true
  /** Gives an exit code. May throw UsageError and CommandError. */
  run(call: CommandCall): Promise<number>
}

/** A command failed for a reason that the user can act on. */
export class CommandError extends Error {
  readonly exitCode: number

  constructor(exitCode: number, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Flags that every command takes. */
export const COMMON_FLAGS: FlagSpecs = {
  data: {
    kind: 'text',
    value: 'DIR',
    help: 'Data directory; default: ./.gatehouse, or the state directory of the user.',
  },
  config: {
    kind: 'text',
    short: 'c',
    value: 'FILE',
    help: 'Configuration file; default: ./gatehouse.yaml if it exists.',
  },
  json: { kind: 'switch', help: 'Answer in JSON.' },
  quiet: { kind: 'switch', short: 'q', help: 'Say nothing but the answer.' },
  'no-color': { kind: 'switch', help: 'No colours.' },
  help: { kind: 'switch', short: 'h', help: 'This text.' },
}
