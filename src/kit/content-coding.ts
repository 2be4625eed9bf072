import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gzip,
} from 'node:zlib'

/** Most memory that a sender may ask for to unpack `zstd`: 8 MB (RFC 9659), as a power of two. */
const ZSTD_WINDOW = { params: { [constants.ZSTD_d_windowLogMax]: 23 } }

/** What unpacks each content coding (RFC 9110, 8.4.1). */
const UNPACKERS = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: () => createZstdDecompress(ZSTD_WINDOW),
}

/** A content coding that can be unpacked. */
export type ContentCoding = keyof typeof UNPACKERS

const CODINGS: ReadonlyMap<string, ContentCoding | undefined> = new Map<string, ContentCoding | undefined>([
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
])

/** The codings that are unpacked, as an `accept-encoding` header names them. */
export const UNPACKED_CODINGS = Object.keys(UNPACKERS).join(', ')

/** What a `content-encoding` header says: a coding, undefined for none, `unknown` for one that is not unpacked, or several. */
export function readContentCoding(header: string): ContentCoding | 'unknown' | undefined {
  const name = header.trim().toLowerCase()
  return CODINGS.has(name) ? CODINGS.get(name) : 'unknown'
}

/**
 * Unpacks what comes, off the thread that everybody shares, and never further ahead than it is taken: whoever throws in `take` stops
 * it there. Rejects with what `packed` or `take` throw, and with an error of the coding where the bytes are not of it or end too
 * early; a `zstd` that ends too early just ends.
 */
export function unpack(
  packed: AsyncIterable<Uint8Array>,
  coding: ContentCoding,
  take: (piece: Uint8Array) => void,
): Promise<void> {
  return pipeline(packed, UNPACKERS[coding](), async (unpacked: AsyncIterable<Uint8Array>) => {
    for await (const piece of unpacked) take(piece)
  })
}

/** Packs a text as `gzip`, off the thread that everybody shares. */
export async function pack(text: string): Promise<Uint8Array> {
  return packed(text)
}

const packed = promisify(gzip)
