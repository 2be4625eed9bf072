import { hmacSha256Hex } from '../kit/hash.ts'
import type { ConfigVersion } from '../store/releases.ts'
import type { KeptTexts } from './configuration.ts'
import type { Foundation } from './foundation.ts'
import type { Seals } from './seals.ts'

/** What an earlier life has left in force. */
export interface KeptRelease {
  readonly version?: ConfigVersion
  /** Absent: there is none, or it cannot be opened. */
  readonly texts?: KeptTexts
  /** What the operator should know. */
  readonly warnings: readonly string[]
}

/** Reads the version that was in force when the gateway ended. Never rejects: a gateway starts with its file whatever the store has. */
export async function readKeptRelease(
  { store, telemetry }: Pick<Foundation, 'store' | 'telemetry'>,
  seals: Seals,
): Promise<KeptRelease> {
  const found = await store.releases.newest('in-force').catch((error: unknown) => {
    telemetry.log('error', 'the version of the configuration that was in force cannot be read', { error })
    return undefined
  })
  if (found === undefined) return { warnings: [] }
  const { file: sealedFile, managed: sealedManaged, seen, ...version } = found
  const managed = seals.open(sealedManaged)
  const file = sealedFile === undefined ? '' : seals.open(sealedFile)
  if (managed === undefined || file === undefined) return { version, warnings: [NOT_OPENED] }
  return { version, texts: { file, managed, isSeen: (text) => digestOf(text) === seen }, warnings: [] }
}

const NOT_OPENED =
  'The managed configuration was sealed with another key (config.key in the data directory) and cannot be opened; the file alone is in force.'

/** By which a file on the disk is known again. It says nothing of the file to whoever reads the store: files may hold secrets. */
export function digestOf(text: string): string {
  return hmacSha256Hex('gatehouse file on the disk', text)
}
