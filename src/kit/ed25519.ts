import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { sha256Hex } from './hash.ts'

/** What stands before the 32 bytes of a seed in PKCS #8, and before those of a public key in SPKI (RFC 8410, section 10.3 and 4). */
const PRIVATE_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_HEAD = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32
const NAME_DIGITS = 16
const PREFIX = 'ed25519:'

/** Signs texts (Ed25519, RFC 8032). */
export interface SigningKey {
  /** `ed25519:` and 43 characters of base64url. */
  readonly publicKey: string
  /** Tells the key from others: 16 hex digits of the SHA-256 of its public bytes. */
  readonly name: string
  /** 86 characters of base64url. */
  readonly sign: (text: string) => string
}

/** Checks what a key has signed. */
export interface VerifyingKey extends Pick<SigningKey, 'publicKey' | 'name'> {
  readonly verify: (text: string, signature: string) => boolean
}

/** The key of a seed. @param seed 32 random bytes. Throws RangeError for another length. */
export function openSigningKey(seed: Uint8Array): SigningKey {
  if (seed.length !== KEY_BYTES) throw new RangeError('a seed has 32 bytes')
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    ...namesOf(spki.subarray(PUBLIC_HEAD.length)),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  }
}

/** A public key as `publicKey` writes it; undefined where the text is none. */
export function readVerifyingKey(text: string): VerifyingKey | undefined {
  if (!text.startsWith(PREFIX)) return undefined
  const bytes = Buffer.from(text.slice(PREFIX.length), 'base64url')
  if (bytes.length !== KEY_BYTES) return undefined
  const key = createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, bytes]), format: 'der', type: 'spki' })
  return { ...namesOf(bytes), verify: (said, signature) => isSigned(key, said, signature) }
}

function namesOf(bytes: Uint8Array): Pick<SigningKey, 'publicKey' | 'name'> {
  const publicKey = PREFIX + Buffer.from(bytes).toString('base64url')
  return { publicKey, name: sha256Hex(bytes).slice(0, NAME_DIGITS) }
}

function isSigned(key: KeyObject, text: string, signature: string): boolean {
  return verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
}
