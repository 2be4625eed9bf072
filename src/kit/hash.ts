import { timingSafeEqual } from 'node:crypto'

const TEXT = new TextEncoder()

/** SHA-256, 64 lower-case hex digits (FIPS 180-4). */
export function sha256Hex(input: string | Uint8Array): string {
  return new Bun.CryptoHasher('sha256').update(input).digest('hex')
}

/** HMAC-SHA-256, 64 lower-case hex digits (RFC 2104). */
export function hmacSha256Hex(keyMaterial: string | Uint8Array, text: string): string {
  return new Bun.CryptoHasher('sha256', keyMaterial).update(text).digest('hex')
}

/** CRC-32 (ISO-HDLC, as in zip and PNG) as an unsigned number. Text is taken as UTF-8. */
export function crc32(input: string | Uint8Array): number {
  return Bun.hash.crc32(input)
}

/** Compares two texts in time that depends on their lengths only. */
export function timingSafeEqualHex(left: string, right: string): boolean {
  const leftBytes = TEXT.encode(left)
  const rightBytes = TEXT.encode(right)
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes)
}
