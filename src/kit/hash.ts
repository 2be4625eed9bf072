import { timingSafeEqual } from 'node:crypto'
import type { Random } from './random.ts'

const encoder = new TextEncoder()
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** Largest multiple of 62 in a byte; bytes from here on would favour the first digits. */
const UNBIASED_BYTES = 248

/** SHA-256 (FIPS 180-4) of bytes or of text in UTF-8: 64 lower-case hex digits. */
export function sha256Hex(input: string | Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(input).digest('hex')
}

/** HMAC-SHA-256 (RFC 2104): 64 lower-case hex digits. */
export function hmacSha256Hex(keyMaterial: string | Uint8Array, text: string): string {
  return new Bun.CryptoHasher('sha256', keyMaterial).update(text).digest('hex')
}

/** Creates `hmacSha256Hex` under one key, which is taken in once. */
export function createHmacSha256Hex(keyMaterial: string | Uint8Array): (text: string) => string {
  const keyed = new Bun.CryptoHasher('sha256', keyMaterial)
  return (text) => keyed.copy().update(text).digest('hex')
}

/**
 * CRC-32 (the one of zip and PNG) as an unsigned number, of bytes or of text in UTF-8. Finds damage, proves nothing about authorship.
 *
 * @param before the checksum of what stands before the input
 */
export function crc32(input: string | Uint8Array, before = 0): number {
  return Bun.hash.crc32(input, before)
}

/**
 * XXH32 of bytes or of text in UTF-8, for telling long ones apart; proves nothing about authorship.
 *
 * @param before the hash of what stands before it
 */
export function hashOn(input: string | Uint8Array, before: number): number {
  return Bun.hash.xxHash32(input, before)
}

/** Compares two texts, usually digests, in a time that depends on their lengths only. */
export function timingSafeEqualHex(left: string, right: string): boolean {
  const leftBytes = encoder.encode(left)
  const rightBytes = encoder.encode(right)
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes)
}

/**
 * A whole number ≥ 0 in base 62 (digits, upper case, lower case; so texts of one width sort like their numbers), padded
 * with zeros. Six characters hold every CRC-32. Throws RangeError for anything that is not a whole number or does not fit.
 */
export function toBase62(value: number, width: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a whole number')
  let text = ''
  for (let rest = value; rest > 0; rest = Math.floor(rest / 62)) text = BASE62.charAt(rest % 62) + text
  if (text.length > width) throw new RangeError('number too wide')
  return text.padStart(width, '0')
}

/** `length` random characters of base 62, each equally likely (5.95 bits). */
export function randomBase62(random: Random, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random.bytes(length - text.length)) {
      if (byte < UNBIASED_BYTES) text += BASE62.charAt(byte % 62)
    }
  }
  return text
}
