const SPACE = 32

/** Overwrites a text with spaces where bytes hold it, the last time if several times; looks at bytes alone. */
export type ByteEraser = (bytes: Uint8Array) => void

/** Creates an eraser of a text. */
export function createByteEraser(text: string): ByteEraser {
  const wanted = Buffer.from(text)
  return ({ buffer, byteOffset, length }) => {
    const bytes = Buffer.from(buffer, byteOffset, length)
    const at = bytes.lastIndexOf(wanted)
    if (at >= 0) bytes.fill(SPACE, at, at + wanted.length)
  }
}
