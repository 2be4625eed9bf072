import { crc32, randomBase62, toBase62 } from '../kit/hash.ts'
import type { Random } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'

/** Every key of ours begins so; secret scanners know it by that. */
export const KEY_PREFIX = 'gh_'

const ID_CHARACTERS = 12
/** 43 characters of 62 hold 256 bits. */
const SECRET_CHARACTERS = 43
const CHECK_CHARACTERS = 6
const DIGITS = '[0-9A-Za-z]'
const KEY = new RegExp(
  `^${KEY_PREFIX}[a-z0-9]{1,16}_${DIGITS}{${ID_CHARACTERS}}_${DIGITS}{${SECRET_CHARACTERS}}_${DIGITS}{${CHECK_CHARACTERS}}$`,
)
const ENVIRONMENT = /^[a-z0-9]{1,16}$/

/** Turns the secret part of a key into what is stored of it: an HMAC under the installation's pepper, hex. */
export type SecretHash = (secret: string) => string

/** What a key is minted from. */
export interface MintParts {
  /** 1–16 lower-case letters or digits, for example `live`. Throws RangeError on anything else. */
  readonly environment: string
  readonly random: Random
  readonly hmac: SecretHash
  /** Of a key that there is, for a new secret of it. Absent: a new one. */
  readonly id?: string | undefined
}

/** A new key: its text, shown once, and the parts of its record. */
export interface MintedKey {
  readonly text: Secret
  readonly id: string
  readonly secretHmac: string
}

/** Mints a key `gh_<environment>_<id>_<secret>_<check>`; the check is a CRC-32, so a key cut short is told from a wrong one. */
export function mintKey({ environment, random, hmac, id: known }: MintParts): MintedKey {
  if (!ENVIRONMENT.test(environment)) throw new RangeError(`not an environment name: ${environment}`)
  const id = known ?? randomBase62(random, ID_CHARACTERS)
  const secret = randomBase62(random, SECRET_CHARACTERS)
  const body = `${KEY_PREFIX}${environment}_${id}_${secret}`
  return { text: new Secret(`${body}_${checkOf(body)}`), id, secretHmac: hmac(secret) }
}

/** The parts of a well-formed key. */
export interface ParsedKey {
  readonly environment: string
  /** Public: may be printed and searched for. */
  readonly id: string
  readonly secret: string
}

/** Takes a key apart; undefined when it is not one of ours or was not copied whole. */
export function parseKey(text: string): ParsedKey | undefined {
  if (!KEY.test(text)) return undefined
  // Every part behind the environment has one length, so the text is cut from its end.
  const checkAt = text.length - CHECK_CHARACTERS
  if (text.slice(checkAt) !== checkOf(text.slice(0, checkAt - 1))) return undefined
  const secretAt = checkAt - 1 - SECRET_CHARACTERS
  const idAt = secretAt - 1 - ID_CHARACTERS
  return {
    environment: text.slice(KEY_PREFIX.length, idAt - 1),
    id: text.slice(idAt, secretAt - 1),
    secret: text.slice(secretAt, checkAt - 1),
  }
}

function checkOf(body: string): string {
  return toBase62(crc32(body), CHECK_CHARACTERS)
}
