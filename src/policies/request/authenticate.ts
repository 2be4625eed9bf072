import type { Account, Caller } from '../../exchange/caller.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Clock } from '../../kit/clock.ts'
import { timingSafeEqualHex } from '../../kit/hash.ts'
import type { Secret } from '../../kit/secret.ts'
import type { KeyRecord } from '../../store/store.ts'
import { KEY_PREFIX, parseKey, type SecretHash } from '../../exchange/virtual-key.ts'

/** The keys of the installation, held in memory and always asked: a revocation holds for the next request. */
export interface KeyIndex {
  find(id: string): KeyRecord | undefined
}

/** What authentication works with. */
export interface AuthenticateParts {
  readonly keys: KeyIndex
  /** HMAC-SHA-256 under the installation's pepper, hex. Half a microsecond, so nothing remembers presented keys. */
  readonly hmac: SecretHash
  /** A project's limits and budgets, by name. */
  readonly findProject: (name: string) => Account | undefined
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
 * bodies is read. A record of a key gives the same caller each time, so that what others work out about one they can keep.
 */
export function createAuthenticate(parts: AuthenticateParts): Authenticate {
  const callers = new WeakMap<KeyRecord, Caller>()
  return (presentedKey) => {
    const record = findRecord(parts, presentedKey)
    let caller = callers.get(record)
    if (caller === undefined) {
      caller = toCaller(record, parts.findProject)
      callers.set(record, caller)
    }
    return caller
  }
}

function findRecord(
  { keys, hmac, clock, foreignKeyPrefixes }: AuthenticateParts,
  presentedKey: Secret | undefined,
): KeyRecord {
  const presented = presentedKey?.reveal()
  if (presented === undefined || presented === '') throw new Failure('missing-key')
  const parsed = parseKey(presented)
  if (parsed === undefined) throw explainMalformed(presented, foreignKeyPrefixes)
  const record = keys.find(parsed.id)
  const matches = timingSafeEqualHex(hmac(parsed.secret), record?.secretHmac ?? NO_HMAC)
  if (record === undefined || !matches) throw new Failure('invalid-key')
  if (record.revokedAtMs !== undefined) throw new Failure('key-revoked')
  if (record.expiresAtMs !== undefined && record.expiresAtMs <= clock.nowMs())
    throw new Failure('key-expired')
  return record
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

function toCaller(record: KeyRecord, findProject: (name: string) => Account | undefined): Caller {
  const { id, name, project: projectName, models, operations, wishes, limits, budgets } = record
  const own: Account = { scope: 'key', id, name, limits, budgets }
  const project = projectName === undefined ? undefined : findProject(projectName)
  // Without its project the key would spend without the project's limits and budgets.
  if (projectName !== undefined && project === undefined) throw new Failure('project-missing')
  return {
    keyId: id,
    keyName: name,
    wishes,
    accounts: project === undefined ? [own] : [own, project],
    ...(projectName === undefined ? {} : { project: projectName }),
    ...(models === undefined ? {} : { models }),
    ...(operations === undefined ? {} : { operations }),
  }
}
