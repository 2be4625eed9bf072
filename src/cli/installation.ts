import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readEarlySettings, type EarlySettings } from '../boot/configuration.ts'
import { openUsableStore } from '../boot/open-usable-store.ts'
import { readerBeside, readTextFile } from '../boot/read-text.ts'
import type { Environment } from '../config/interpolate.ts'
import { hmacSha256Hex } from '../kit/hash.ts'
import type { Store } from '../store/store.ts'
import { mintKey, type MintedKey } from '../exchange/virtual-key.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { findPaths, prepareDataDirectory, type Paths } from './data-directory.ts'
import { defined } from '../kit/defined.ts'

/** An installation that a command works on, whether its gateway runs or not. */
export interface Installation {
  readonly paths: Paths
  readonly store: Store
  /** Names of the declared projects; absent when the file has mistakes. */
  readonly projects?: readonly string[]
  /** Mints a key under the installation's pepper: a new one, or a new secret of one. */
  mint(environment: string, id?: string): MintedKey
  close(): Promise<void>
}

const PEPPER_BYTES = 32

/** The places that the flags of a call lead to. */
export function pathsOf(call: CommandCall): Paths {
  return findPaths(call.directory, call.environment, {
    data: call.arguments.text('data'),
    config: call.arguments.text('config'),
  })
}

/** What the configuration file says that matters without a gateway. */
function readSettings({ configFile }: Paths, environment: Environment): EarlySettings {
  if (configFile === undefined) return { projects: [] }
  const text = readTextFile(configFile)
  if (text === undefined) throw new CommandError(EXIT.notFound, `The file ${configFile} cannot be read.`)
  return readEarlySettings({ text, environment, readText: readerBeside(configFile) }, dirname(configFile))
}

/**
 * Opens the installation of a call. Commands that only read say so: without data there is nothing to read.
 *
 * @throws CommandError when there is no data to read, or the configuration file cannot be read
 */
export async function openInstallation(call: CommandCall, use: 'read' | 'write'): Promise<Installation> {
  const paths = pathsOf(call)
  if (use === 'read' && !existsSync(paths.dataDirectory)) {
    const hint = 'Start the gateway once, or name its data directory with --data.'
    throw new CommandError(EXIT.notFound, `There is no data in ${paths.dataDirectory}. ${hint}`)
  }
  prepareDataDirectory(paths.dataDirectory)
  const { projects, storeUrl } = readSettings(paths, call.environment)
  const url = storeUrl ?? `sqlite:${join(paths.dataDirectory, 'gatehouse.db')}`
  const store = await openUsableStore({ url, clock: call.clock })
  const fresh = Buffer.from(call.random.bytes(PEPPER_BYTES)).toString('hex')
  const pepper = await store.settings.setOnce('pepper', fresh)
  return {
    paths,
    store,
    ...defined({ projects }),
    mint: (environment, id) =>
      mintKey({ environment, random: call.random, hmac: (secret) => hmacSha256Hex(pepper, secret), id }),
    close: () => store.close(),
  }
}
