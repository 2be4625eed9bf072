import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import type { Random } from './random.ts'

const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32

/**
 * Seals bytes under words that whoever opens them must bring again: AES-256-GCM under a key of its own, derived from the words and a
 * fresh salt (HKDF, RFC 5869). They are as hard to open as the words are to guess.
 */
export function sealBytes(bytes: Uint8Array, words: string, random: Random): Buffer {
  const salt = random.bytes(SALT_BYTES)
  const nonce = random.bytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', keyOf(words, salt), nonce)
  const sealed = [cipher.update(bytes), cipher.final()]
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), ...sealed])
}

/** As `sealBytes`, of a text. */
export function sealText(text: string, words: string, random: Random): Buffer {
  return sealBytes(Buffer.from(text), words, random)
}

/** Opens what `sealText` sealed. Throws where the words are others, or a byte is. */
export function openSealedText(sealed: Uint8Array, words: string): string {
  return openSealedBytes(sealed, words).toString('utf8')
}

/** Opens what `sealBytes` sealed. Throws where the words are others, or a byte is. */
export function openSealedBytes(sealed: Uint8Array, words: string): Buffer {
  const nonceAt = SALT_BYTES
  const tagAt = nonceAt + NONCE_BYTES
  const textAt = tagAt + TAG_BYTES
  const opener = createDecipheriv(
    'aes-256-gcm',
    keyOf(words, sealed.subarray(0, nonceAt)),
    sealed.subarray(nonceAt, tagAt),
    { authTagLength: TAG_BYTES },
  )
  opener.setAuthTag(sealed.subarray(tagAt, textAt))
  return Buffer.concat([opener.update(sealed.subarray(textAt)), opener.final()])
}

function keyOf(words: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', words, salt, 'gatehouse sealed text', KEY_BYTES))
}
