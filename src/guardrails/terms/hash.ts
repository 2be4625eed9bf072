/** FNV-1a over code units. */
const HASH_BEGIN = 0x81_1c_9d_c5
const HASH_PRIME = 0x01_00_01_93
const BLANK = 0x20

/** The hash of nothing. */
export const EMPTY_HASH = HASH_BEGIN | 0

/** The hash of what has one unit more. */
export function hashOn(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, HASH_PRIME)
}

/** The hash of what goes on with a further word. */
export function hashOfNext(hash: number): number {
  return hashOn(hash, BLANK)
}

/** FNV leaves its lower bits alike for words that are alike: these are not. */
export function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16)
  mix = Math.imul(mix, 0x85_eb_ca_6b)
  mix ^= mix >>> 13
  mix = Math.imul(mix, 0xc2_b2_ae_35)
  return (mix ^ (mix >>> 16)) >>> 0
}
