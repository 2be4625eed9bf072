import type { Clock } from '../kit/clock.ts'
import type { Secret } from '../kit/secret.ts'
import { mintKey, parseKey, type SecretHash } from '../exchange/virtual-key.ts'
import type { Random } from '../kit/random.ts'
import type { KeyStore } from '../store/store.ts'

/** Where the text of the first key is kept for its owner, below the data directory. */
export const FIRST_KEY_FILE = 'dev.env'
const VARIABLE = 'GATEHOUSE_KEY'

export interface FirstKeyNeeds {
  readonly keys: KeyStore
  readonly hmac: SecretHash
  readonly clock: Clock
  readonly random: Random
  /** The file's text, or undefined when there is none. */
  readonly readFile: () => string | undefined
  /** Writes the file so that only its owner can read it. */
  readonly writeFile: (text: string) => void
  readonly toSecret: (text: string) => Secret
}

/** The first key, as long as it is in force. */
export interface FirstKey {
  readonly secret: Secret
  /** `made`: just now, so nobody has seen it yet. */
  readonly from: 'file' | 'made'
}

/**
 * Gives the first key: the one in the file while the store still knows it, else a new one that may do everything.
 * Without it the first `curl` would need a second command. Undefined once it was revoked: a restart must not hand out again
 * what somebody took away.
 */
export async function ensureFirstKey(needs: FirstKeyNeeds): Promise<FirstKey | undefined> {
  const known = await readKey(needs)
  if (known !== undefined) return known.isRevoked ? undefined : { secret: known.key, from: 'file' }
  const minted = mintKey({ environment: 'dev', random: needs.random, hmac: needs.hmac })
  // The file first: a key that the store does not know is made anew, one that nobody has the text of would stay for ever.
  needs.writeFile(`${VARIABLE}=${minted.text.reveal()}\n`)
  await needs.keys.create({
    id: minted.id,
    name: 'dev',
    secretHmac: minted.secretHmac,
    allowedOptions: ['*'],
    limits: {},
    budgets: [],
    createdAtMs: needs.clock.nowMs(),
  })
  return { secret: minted.text, from: 'made' }
}

/** The id of the key in the file, in force or not; undefined when there is none. */
export function firstKeyIdIn(text: string | undefined): string | undefined {
  return parseKey(keyTextIn(text) ?? '')?.id
}

function keyTextIn(text = ''): string | undefined {
  return new RegExp(`^${VARIABLE}=(\\S+)`, 'm').exec(text)?.[1]
}

interface KnownKey {
  readonly key: Secret
  readonly isRevoked: boolean
}

async function readKey({ keys, hmac, readFile, toSecret }: FirstKeyNeeds): Promise<KnownKey | undefined> {
  const text = keyTextIn(readFile())
  const parsed = text === undefined ? undefined : parseKey(text)
  if (text === undefined || parsed === undefined) return undefined
  const record = await keys.find(parsed.id)
  if (record === undefined) return undefined
  const isTheSecret = record.secretHmac === hmac(parsed.secret)
  // Whoever rotated it has the new text, which is stored nowhere.
  if (!isTheSecret && record.rotatedAtMs === undefined) return undefined
  return { key: toSecret(text), isRevoked: !isTheSecret || record.revokedAtMs !== undefined }
}
