import type { Caller } from '../../exchange/caller.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Clock } from '../../kit/clock.ts'
import { timingSafeEqualHex } from '../../kit/hash.ts'
import type { Secret } from '../../kit/secret.ts'
import type { Directory, KnownKey } from '../../identity/directory.ts'
import { KEY_PREFIX, parseKey, type SecretHash } from '../../exchange/virtual-key.ts'

/** What authentication works with. */
export interface AuthenticateParts {
  readonly directory: Pick<Directory, 'find'>
  /** HMAC-SHA-256 under the installation's pepper, hex. Half a microsecond, so nothing remembers presented keys. */
  readonly hmac: SecretHash
  readonly clock: Clock
  /** How keys of model providers begin: one that is sent here by mistake is told apart from a wrong one. */
  readonly foreignKeyPrefixes: readonly string[]
}

/** Compared with when an id is unknown, so that it takes as long as a wrong secret. */
const NO_HMAC = '0'.repeat(64)

/**
 * Says who presents a key. Throws `missing-key`, `invalid-key` (the same words and time for an unknown id and a wrong
 * secret), `key-revoked`, `key-expired` or `project-missing`.
 */
export type Authenticate = (presentedKey: Secret | undefined) => Caller

/**
 * Creates the judge of keys. It needs nothing but the head of a request, so strangers are refused before a byte of their
 * bodies is read.
 */
export function createAuthenticate(parts: AuthenticateParts): Authenticate {
  return (presentedKey) => {
    const { record, caller } = findKey(parts, presentedKey)
    if (record.revokedAtMs !== undefined) throw new Failure('key-revoked')
    if (record.expiresAtMs !== undefined && record.expiresAtMs <= parts.clock.nowMs())
      throw new Failure('key-expired')
    if (caller === undefined) throw new Failure('project-missing')
    return caller
  }
}

/** The key that was presented, and proven by its secret. */
function findKey(
  { directory, hmac, foreignKeyPrefixes }: AuthenticateParts,
  presentedKey: Secret | undefined,
): KnownKey {
  const presented = presentedKey?.reveal()
  if (presented === undefined || presented === '') throw new Failure('missing-key')
  const parsed = parseKey(presented)
  if (parsed === undefined) throw explainMalformed(presented, foreignKeyPrefixes)
  const known = directory.find(parsed.id)
  const matches = timingSafeEqualHex(hmac(parsed.secret), known?.record.secretHmac ?? NO_HMAC)
  if (known === undefined || !matches) throw new Failure('invalid-key')
  return known
}

function explainMalformed(presented: string, foreignKeyPrefixes: readonly string[]): Failure {
  if (presented.startsWith(KEY_PREFIX)) {
    return new Failure('invalid-key', {
      message: 'The key is damaged. Check that it was copied whole.',
    })
  }
  if (!foreignKeyPrefixes.some((prefix) => presented.startsWith(prefix))) return new Failure('invalid-key')
  return new Failure('invalid-key', {
    message: `This looks like a provider's own key. Send a Gatehouse key instead; ours begin with ${KEY_PREFIX}.`,
  })
}
