import { relative } from 'node:path'
import { readEarlySettings } from '../boot/configuration.ts'
import { ownOrigins } from '../boot/listen.ts'
import { readerBeside, readTextFile } from '../boot/read-text.ts'
import type { Plan } from '../gateway/plan.ts'
import { NO_LETTERS } from '../guardrails/hooks/letter.ts'
import { probeJson } from '../kit/probe-json.ts'
import type { CompiledConfig } from '../config/compile.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { pathsOf } from './installation.ts'

/** A plan made by a command, without a gateway. */
export interface OfflinePlan {
  readonly compiled: CompiledConfig
  /** The file as seen from the working directory, or `no file`. */
  readonly file: string
  readonly text: string
}

export interface OfflineOptions {
  /** A file to read instead of the one that the places lead to. */
  readonly file?: string
  readonly strict?: boolean
  /** Asks engines on this machine which models they have. */
  readonly probe?: boolean
}

/** Loads and compiles the configuration as a start would. Nothing leaves this machine. */
export async function compileOffline(call: CommandCall, options: OfflineOptions = {}): Promise<OfflinePlan> {
  const file = options.file ?? pathsOf(call).configFile
  const text = file === undefined ? '' : readTextFile(file)
  if (text === undefined)
    throw new CommandError(EXIT.notFound, `There is no file ${file}, or it cannot be read.`)
  const readText = file === undefined ? () => undefined : readerBeside(file)
  const { environment } = call
  const [{ readPlan }, parts] = await Promise.all([
    import('../config/read-plan.ts'),
    offlineParts(call, options, readEarlySettings({ text, environment, readText }, '').port),
  ])
  const compiled = readPlan({ text, environment, readText, strict: options.strict === true }, parts)
  return { compiled, file: file === undefined ? 'no file' : relative(call.directory, file), text }
}

/** The plan of a file without mistakes. Asks engines on this machine which models they have. */
export async function usablePlan(call: CommandCall, options: OfflineOptions = {}): Promise<Plan> {
  const { compiled, file } = await compileOffline(call, { probe: true, ...options })
  if (compiled.plan === undefined)
    throw new CommandError(EXIT.usage, `${file} has mistakes; see: gatehouse check ${file}`)
  return compiled.plan
}

/** What a start would compile against, but for what nobody needs who calls nothing: hashes of keys, the simulator's port. */
async function offlineParts(call: CommandCall, options: OfflineOptions, port: number | undefined) {
  const { environment, clock } = call
  const [{ gatherCompileParts }, { loadPriceBook }, { loadListedFacts }] = await Promise.all([
    import('../boot/compile-parts.ts'),
    import('../pricing/price-book.ts'),
    import('../pricing/listed-facts.ts'),
  ])
  const probe = options.probe === true ? probeJson : () => Promise.resolve(undefined)
  const running = readAddress(pathsOf(call).dataDirectory, isProcessAlive)
  const origins = [...ownOrigins(undefined, port), ...(running === undefined ? [] : [running.dataUrl])]
  const [prices, listedFacts] = await Promise.all([loadPriceBook(), loadListedFacts()])
  const parts = await gatherCompileParts(
    { environment, detect: true, probe, ownOrigins: origins },
    { clock, prices, listedFacts, hmac: () => '', simulator: { port: 1 }, letters: NO_LETTERS },
  )
  return { ...parts, sequence: 1 }
}
