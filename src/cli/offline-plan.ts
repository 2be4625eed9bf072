import { existsSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { probeJson } from '../kit/probe-json.ts'
import type { CompiledConfig } from '../config/compile.ts'
import type { Secret } from '../kit/secret.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { placesOf, readerBeside } from './installation.ts'

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
  const file = options.file ?? placesOf(call).configFile
  if (file !== undefined && !existsSync(file))
    throw new CommandError(EXIT.notFound, `There is no file ${file}.`)
  const text = file === undefined ? '' : readFileSync(file, 'utf8')
  const readText = file === undefined ? () => undefined : readerBeside(file)
  const { environment } = call
  const [{ readPlan }, parts] = await Promise.all([
    import('../config/read-plan.ts'),
    offlineParts(call, options),
  ])
  const compiled = readPlan({ text, environment, readText, strict: options.strict === true }, parts)
  return { compiled, file: file === undefined ? 'no file' : relative(call.directory, file), text }
}

async function offlineParts({ environment, clock }: CommandCall, options: OfflineOptions) {
  const [providers, detect, dialects, pricing, simulated, keys] = await Promise.all([
    import('../providers/all.ts'),
    import('../providers/detect.ts'),
    import('../dialects/all.ts'),
    import('../pricing/price-book.ts'),
    import('../drills/simulated-prices.ts'),
    import('../policies/request/virtual-key.ts'),
  ])
  const definitions = providers.PROVIDERS
  const invented = new Set(
    definitions.filter((provider) => provider.simulated === true).map(({ name }) => name),
  )
  const probe = options.probe === true ? probeJson : () => Promise.resolve(undefined)
  const detected = await detect.detectProviders({ definitions, environment, probe, ownOrigins: [] })
  const book = await pricing.loadPriceBook(new Map())
  return {
    definitions,
    dialects: dialects.dialectMap(),
    environment,
    // The simulator's port is of no interest where nothing is called.
    found: [
      ...detected,
      ...[...invented].map((name) => ({ name, from: 'built in', settings: { port: '1' } })),
    ],
    priceOf: (provider: string, model: string) =>
      invented.has(provider) ? simulated.simulatedPrice(model) : book.priceOf(provider, model, clock.nowMs()),
    hashKey: (key: Secret) => {
      const parsed = keys.parseKey(key.reveal())
      return parsed === undefined ? undefined : { id: parsed.id, secretHmac: '' }
    },
    sequence: 1,
  }
}
