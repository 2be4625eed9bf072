import { createHmacSha256Hex, hmacSha256Hex, randomBase62 } from '../kit/hash.ts'
import type { Random } from '../kit/random.ts'
import { openSealedBytes, openSealedText, sealBytes, sealText } from '../kit/sealed-text.ts'
import type { PrivateFile } from './private-file.ts'

/** Where the key is kept that versions of the configuration and stored secrets are sealed with: beside the store, not in it. */
export const CONFIG_KEY_FILE = 'config.key'
/** 43 characters of 62 hold 256 bits. */
const CHARACTERS = 43
const KEY_NAME_CHARACTERS = 16

/** Seals what is kept, and opens it again. */
export interface Seals {
  seal(text: string): Uint8Array
  /** Undefined where it was sealed with another key, or is damaged. */
  open(sealed: Uint8Array): string | undefined
  /** The same for what is no text. */
  sealBytes(bytes: Uint8Array): Uint8Array
  openBytes(sealed: Uint8Array): Uint8Array | undefined
  /** A digest that nobody can try texts against without the key. */
  readonly digest: (text: string) => string
  /** Tells the key from others, and nothing of it. */
  readonly keyName: string
}

/** Opens the seals of a data directory; the key is made at the first start. */
export function openSeals({ readFile, writeFile, random }: PrivateFile & { readonly random: Random }): Seals {
  const kept = readFile()?.trim() ?? ''
  const key = kept === '' ? randomBase62(random, CHARACTERS) : kept
  if (kept === '') writeFile(`${key}\n`)
  // Another key than that which seals, so that no digest tells anything of it.
  const digest = createHmacSha256Hex(hmacSha256Hex(key, 'gatehouse digests'))
  return {
    digest,
    keyName: digest('name').slice(0, KEY_NAME_CHARACTERS),
    seal: (text) => sealText(text, key, random),
    open: (sealed) => orNothing(() => openSealedText(sealed, key)),
    sealBytes: (bytes) => sealBytes(bytes, key, random),
    openBytes: (sealed) => orNothing(() => openSealedBytes(sealed, key)),
  }
}

function orNothing<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
