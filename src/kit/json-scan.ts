/** Where a member of the root object stands in the bytes. Spans are half-open. */
export interface JsonMember {
  /** Decoded. */
  readonly key: string
  readonly valueStart: number
  readonly valueEnd: number
}

/** What one pass over a JSON text found. */
export interface JsonScan {
  /** Members of the root object in order of appearance; keys are distinct. */
  readonly members: readonly JsonMember[]
  /** The member of that name, if any. */
  find(key: string): JsonMember | undefined
  /** Offset of the root object's `{` and of its `}`. */
  readonly rootStart: number
  readonly rootEnd: number
  readonly depth: number
  readonly tokens: number
}

export type JsonScanReason = 'too-deep' | 'too-many-tokens' | 'duplicate-key' | 'not-an-object' | 'malformed'

/** The bytes are not an acceptable JSON object. */
export class JsonScanError extends Error {
  readonly reason: JsonScanReason
  /** The repeated key, for `duplicate-key`. */
  readonly key: string | undefined

  constructor(reason: JsonScanReason, key?: string) {
    super(key === undefined ? reason : `${reason}: ${key}`)
    this.name = 'JsonScanError'
    this.reason = reason
    this.key = key
  }
}

export interface JsonScanLimits {
  readonly depth: number
  readonly tokens: number
}

/** Scans bytes before they are parsed. Throws JsonScanError. */
export function scanJson(_bytes: Uint8Array, _limits?: JsonScanLimits): JsonScan {
  throw new Error('not built yet')
}

/** One change to the root object: the new value as JSON text; undefined removes the member. */
export interface JsonEdit {
  readonly key: string
  readonly value: string | undefined
}

/** New bytes with members of the root object replaced, added or removed; everything else stays byte for byte. */
export function spliceJson(_bytes: Uint8Array, _edits: readonly JsonEdit[], _scan?: JsonScan): Uint8Array {
  throw new Error('not built yet')
}
