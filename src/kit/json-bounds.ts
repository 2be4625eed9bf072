import { LIMITS } from './limits.ts'

/** How far a JSON text may go. */
export interface JsonScanLimits {
  readonly depth: number
  readonly tokens: number
  /** Different names of members. */
  readonly names: number
}

/** What holds for every body. */
export const JSON_BOUNDS: JsonScanLimits = {
  depth: LIMITS.jsonDepth,
  tokens: LIMITS.jsonTokens,
  names: LIMITS.jsonNames,
}

export type JsonScanReason =
  | 'too-deep'
  | 'too-many-tokens'
  | 'too-many-names'
  | 'duplicate-key'
  | 'not-an-object'
  | 'malformed'

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
