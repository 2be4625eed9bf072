import { BACKSLASH } from './json-bytes.ts'
import { parseJson } from './json.ts'

/** Longer keys are not looked at byte by byte. */
const SHORT_KEY_BYTES = 48

const decoder = new TextDecoder()

/**
 * The text of a key of a JSON object, from its opening quote to behind its closing one; undefined where an escape is broken.
 * Nearly all keys are short plain ASCII, which the platform turns into text in one step.
 */
export function decodeKey(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start > SHORT_KEY_BYTES) return decodeLongKey(bytes, start, end)
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === BACKSLASH || byte > 0x7f) return decodeLongKey(bytes, start, end)
  }
  return Buffer.prototype.latin1Slice.call(bytes, start + 1, end - 1)
}

function decodeLongKey(bytes: Uint8Array, start: number, end: number): string | undefined {
  const quoted = decoder.decode(bytes.subarray(start, end))
  if (!quoted.includes('\\')) return quoted.slice(1, -1)
  try {
    const key = parseJson(quoted)
    return typeof key === 'string' ? key : undefined
  } catch {
    // The parser would stumble over it in the whole text too.
    return undefined
  }
}
