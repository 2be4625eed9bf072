import { join } from 'node:path'
import { defined } from '../kit/defined.ts'
import { probeJson } from '../kit/probe-json.ts'
import { gatherCompileParts, type Surroundings } from './compile-parts.ts'
import { openConfiguration, type Configuration } from './configuration.ts'
import type { Foundation } from './foundation.ts'
import { readKeptRelease, type KeptRelease } from './kept-release.ts'
import { ownOrigins } from './listen.ts'
import { createPostLetter } from './post-letter.ts'
import { privateFile } from './private-file.ts'
import { CONFIG_KEY_FILE, openSeals, type Seals } from './seals.ts'
import { openStoredSecrets, type SecretKeeping } from './stored-secrets.ts'

export interface ConfiguredOptions extends Pick<Surroundings, 'environment' | 'detect'> {
  readonly directory: string
  readonly configFile?: string
  /** What the command line says of the port, and what the file does. */
  readonly port?: number
  readonly portOfFile?: number
}

/** The configuration of the file and of the store, and what versions of it are kept with. */
export interface Configured {
  readonly configuration: Configuration
  readonly seals: Seals
  readonly kept: KeptRelease
  readonly secrets: SecretKeeping
}

/** Reads the configuration: the file, with what the store has below it. Rejects with ConfigurationError. */
export async function openConfigured(
  options: ConfiguredOptions,
  foundation: Foundation,
): Promise<Configured> {
  const { directory, configFile, port, portOfFile } = options
  const seals = openSeals({ ...privateFile(join(directory, CONFIG_KEY_FILE)), random: foundation.random })
  const surroundings = { ...options, probe: probeJson, ownOrigins: ownOrigins(port, portOfFile) }
  const [parts, kept, secrets] = await Promise.all([
    gatherCompileParts(surroundings, { ...foundation, letters: { post: createPostLetter(foundation) } }),
    readKeptRelease(foundation, seals),
    openStoredSecrets(foundation, seals),
  ])
  const configuration = openConfiguration({
    ...parts,
    ...defined({ file: configFile, kept: kept.texts }),
    directory,
    stored: secrets.get,
  })
  return { configuration, seals, kept, secrets }
}
