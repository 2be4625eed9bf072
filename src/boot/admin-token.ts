import { randomBase62 } from '../kit/hash.ts'
import type { Random } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'

/** Where the admin token is kept for whoever may read the data directory. */
export const ADMIN_TOKEN_FILE = 'admin.token'
/** Secret scanners and people know it by this, and do not take it for a key of applications. */
const PREFIX = 'gha_'
/** 43 characters of 62 hold 256 bits. */
const CHARACTERS = 43
const TOKEN = new RegExp(`^${PREFIX}[0-9A-Za-z]{${CHARACTERS}}$`)

export interface AdminTokenNeeds {
  /** What the configuration says; it wins. */
  readonly configured: Secret | undefined
  readonly random: Random
  /** The file's text, or undefined when there is none. */
  readonly readFile: () => string | undefined
  /** Writes the file so that only its owner can read it. */
  readonly writeFile: (text: string) => void
}

/** What the admin listener asks for. */
export interface AdminToken {
  readonly secret: Secret
  /** `made`: just now, so nobody has seen it yet. */
  readonly from: 'config' | 'file' | 'made'
}

/**
 * Gives the admin token: the configured one, else the one in the file, else a new one that is kept there. Loopback is shared by all
 * users and programs of a machine, so being there is no permission; being able to read the data directory is.
 */
export function ensureAdminToken({ configured, random, readFile, writeFile }: AdminTokenNeeds): AdminToken {
  if (configured !== undefined) return { secret: configured, from: 'config' }
  const kept = readFile()?.trim()
  if (kept !== undefined && TOKEN.test(kept)) return { secret: new Secret(kept), from: 'file' }
  const made = PREFIX + randomBase62(random, CHARACTERS)
  writeFile(`${made}\n`)
  return { secret: new Secret(made), from: 'made' }
}
