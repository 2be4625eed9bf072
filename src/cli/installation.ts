import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { storeUrlOf } from '../boot/configuration.ts'
import type { Environment } from '../config/interpolate.ts'
import { hmacSha256Hex } from '../kit/hash.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { mintKey, type MintedKey } from '../policies/request/virtual-key.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { findPlaces, prepareDataDirectory, type Places } from './data-directory.ts'

/** An installation that a command works on, whether its gateway runs or not. */
export interface Installation {
  readonly places: Places
  readonly store: Store
  /** Mints a key under the installation's pepper. */
  mint(environment: string): MintedKey
  close(): Promise<void>
}

const PEPPER_BYTES = 32

/** The places that the flags of a call lead to. */
export function placesOf(call: CommandCall): Places {
  return findPlaces(call.directory, call.environment, {
    data: call.arguments.text('data'),
    config: call.arguments.text('config'),
  })
}

/** Reads files whose paths are relative to the configuration file. */
export function readerBeside(configFile: string): (path: string) => string | undefined {
  return (path) => {
    const full = isAbsolute(path) ? path : join(dirname(configFile), path)
    return existsSync(full) ? readFileSync(full, 'utf8') : undefined
  }
}

/** The URL of the store: that of the file, relative to the file, or the database in the data directory. */
function storeUrl({ configFile, dataDirectory }: Places, environment: Environment): string {
  const fallback = `sqlite:${join(dataDirectory, 'gatehouse.db')}`
  if (configFile === undefined || !existsSync(configFile)) return fallback
  const text = readFileSync(configFile, 'utf8')
  return (
    storeUrlOf({ text, environment, readText: readerBeside(configFile) }, dirname(configFile)) ?? fallback
  )
}

/**
 * Opens the installation of a call. Commands that only read say so: without data there is nothing to read.
 *
 * @throws CommandError when there is no data to read
 */
export async function openInstallation(call: CommandCall, use: 'read' | 'write'): Promise<Installation> {
  const places = placesOf(call)
  if (use === 'read' && !existsSync(places.dataDirectory)) {
    const hint = 'Start the gateway once, or name its data directory with --data.'
    throw new CommandError(EXIT.notFound, `There is no data in ${places.dataDirectory}. ${hint}`)
  }
  prepareDataDirectory(places.dataDirectory)
  const store = await openStore({ url: storeUrl(places, call.environment), clock: call.clock })
  const fresh = Buffer.from(call.random.bytes(PEPPER_BYTES)).toString('hex')
  const pepper = await store.settings.setOnce('pepper', fresh)
  return {
    places,
    store,
    mint: (environment) =>
      mintKey({ environment, random: call.random, hmac: (secret) => hmacSha256Hex(pepper, secret) }),
    close: () => store.close(),
  }
}
