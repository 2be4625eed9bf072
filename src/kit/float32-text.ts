const BYTES = Float32Array.BYTES_PER_ELEMENT

/** Writes numbers as float32 in little endian, in base64 (RFC 4648, 4). What a float32 cannot hold is rounded. */
export function toFloat32Text(values: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(values.length * BYTES)
  for (let index = 0; index < values.length; index += 1) bytes.writeFloatLE(values[index] ?? 0, index * BYTES)
  return bytes.toString('base64')
}

/** Reads what `toFloat32Text` writes; undefined for anything else. */
export function fromFloat32Text(text: string): number[] | undefined {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length % BYTES !== 0 || bytes.length !== base64Length(text)) return undefined
  return Array.from({ length: bytes.length / BYTES }, (_, index) => bytes.readFloatLE(index * BYTES))
}

/** Bytes that a text in base64 stands for, if it is one. */
function base64Length(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return Math.floor(((text.length - padding) * 3) / 4)
}
