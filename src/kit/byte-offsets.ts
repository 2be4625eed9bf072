/** Where the characters of a text stand in its UTF-8 bytes, and the reverse. */
export interface ByteOffsets {
  /** The byte at which a code unit (UTF-16) begins. */
  toByte(unit: number): number
  /** The code unit that begins at a byte, or in the middle of which it stands. */
  toUnit(byte: number): number
}

/** Measures a text, once: O(its length), and nothing at all where it is ASCII. Offsets beyond its end are its end. */
export function measureBytes(text: string): ByteOffsets {
  const total = Buffer.byteLength(text)
  if (total === text.length) {
    const within = (offset: number): number => Math.max(0, Math.min(offset, total))
    return { toByte: within, toUnit: within }
  }
  const bytes = new Uint32Array(text.length + 1)
  const units = new Uint32Array(total + 1)
  let byte = 0
  for (let unit = 0; unit < text.length;) {
    const character = String.fromCodePoint(text.codePointAt(unit) ?? 0)
    const size = Buffer.byteLength(character)
    bytes.fill(byte, unit, unit + character.length)
    units.fill(unit, byte, byte + size)
    unit += character.length
    byte += size
  }
  bytes[text.length] = total
  units[total] = text.length
  return {
    toByte: (unit) => bytes[Math.max(0, Math.min(unit, text.length))] ?? total,
    toUnit: (at) => units[Math.max(0, Math.min(at, total))] ?? text.length,
  }
}
