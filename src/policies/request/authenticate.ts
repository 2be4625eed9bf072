import type { Caller } from '../../exchange/caller.ts'
import type { Envelope } from '../../exchange/envelope.ts'
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
  /** Told of whoever still presents a secret that another one has replaced. */
  readonly onEarlierSecret?: ((keyId: string) => void) | undefined
}

/** What whoever is left behind by a rotation is told. */
const REPLACED =
  'This secret of the key was replaced by another one, and is not taken any more. Ask for the new one.'

/** Compared with when an id is unknown, so that it takes as long as a wrong secret. */
const NO_HMAC = '0'.repeat(64)

/**
 * Says who presents a key. Throws `missing-key`, `invalid-key` (the same words and time for an unknown id and a wrong
 * secret), `key-revoked`, `key-expired`, `key-paused`, `address-not-allowed` or `project-missing`.
 *
 * @param from whoever presents it, whose address is looked at where the key is bound to some; absent: nobody knows, and such a key is not good
 */
export type Authenticate = (presentedKey: Secret | undefined, from?: Pick<Envelope, 'address'>) => Caller

/**
 * Creates the judge of keys. It needs nothing but the head of a request, so strangers are refused before a byte of their
 * bodies is read.
 */
export function createAuthenticate(parts: AuthenticateParts): Authenticate {
  return (presentedKey, from) => {
    const { record, caller, isFromHere } = findKey(parts, presentedKey)
    if (record.revokedAtMs !== undefined) throw new Failure('key-revoked')
    if (record.expiresAtMs !== undefined && record.expiresAtMs <= parts.clock.nowMs())
      throw new Failure('key-expired')
    if (record.pausedAtMs !== undefined) throw new Failure('key-paused')
    if (isFromHere?.(from?.address ?? '') === false) throw new Failure('address-not-allowed')
    if (caller === undefined) throw new Failure('project-missing')
    return caller
  }
}

/** The key that was presented, and proven by its secret. */
function findKey(parts: AuthenticateParts, presentedKey: Secret | undefined): KnownKey {
  const { directory, hmac, foreignKeyPrefixes } = parts
  const presented = presentedKey?.reveal()
  if (presented === undefined || presented === '') throw new Failure('missing-key')
  const parsed = parseKey(presented)
  if (parsed === undefined) throw explainMalformed(presented, foreignKeyPrefixes)
  const known = directory.find(parsed.id)
  const presentedHmac = hmac(parsed.secret)
  const matches = timingSafeEqualHex(presentedHmac, known?.record.secretHmac ?? NO_HMAC)
  const earlier = known?.record.earlier
  if (known !== undefined && matches) return known
  if (known === undefined || earlier === undefined || !timingSafeEqualHex(presentedHmac, earlier.secretHmac))
    throw new Failure('invalid-key')
  if (earlier.untilMs <= parts.clock.nowMs()) throw new Failure('key-expired', { message: REPLACED })
  parts.onEarlierSecret?.(known.record.id)
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
