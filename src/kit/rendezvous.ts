/** Where FNV-1a begins. */
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/**
 * FNV-1a (32 bits) of the units of a text. It is not evenly spread before `toUnit` has mixed it.
 *
 * @param before the hash of what stands before the text
 */
export function hashText(text: string, before: number = FNV_OFFSET): number {
  let hash = before
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME)
  }
  return hash >>> 0
}

/** The finaliser of MurmurHash3, as a float in [0, 1): spreads hashes of names that differ in one character. */
export function toUnit(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_296
}

/**
 * Weighted rendezvous hashing: a key belongs to the member with the lowest score, which gives each member the share of its weight.
 * Where a member leaves, only its own keys move; one that comes takes its share from the others and moves nothing between them.
 *
 * @param key a hash of the key
 */
export function rendezvousScore(key: number, member: string, weight: number): number {
  return toDraw(toUnit(hashText(member, hashText('\n', key))), weight)
}

/**
 * A number in [0, 1) as a draw by weight, the lowest of which wins: `-ln(u) / weight` (Efraimidis and Spirakis, 2006). One
 * without a weight comes last.
 */
export function toDraw(unit: number, weight: number): number {
  return weight > 0 ? -Math.log(1 - unit) / weight : Number.MAX_VALUE
}
