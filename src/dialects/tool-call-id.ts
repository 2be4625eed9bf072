import { sha256Hex } from '../kit/hash.ts'

/** What a wire language accepts as the id of a tool call. */
export interface ToolCallIdRule {
  /** `alphanumeric` is `[a-zA-Z0-9]`, `identifier` adds `_` and `-`, `any` takes every character. */
  readonly pattern: 'any' | 'alphanumeric' | 'identifier'
  /** Most characters. */
  readonly length: number
  /** True when the id must have exactly `length` characters. */
  readonly exact?: boolean
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const LEGAL = { any: /^[^]+$/, alphanumeric: /^[a-zA-Z0-9]+$/, identifier: /^[a-zA-Z0-9_-]+$/ } as const

/**
 * Creates the mapping of tool-call ids to what a target accepts. A legal id stays as it is; any other becomes `c` and
 * base-62 digits of its SHA-256, cut to the length. The same id always gives the same result, so that calls and their
 * results keep pointing at each other, in every later request too.
 */
export function createIdMapper(rule: ToolCallIdRule): (id: string) => string {
  return (id) => (fitsIdRule(id, rule) ? id : `c${digitsOf(sha256Hex(id))}`.slice(0, rule.length))
}

/** Is an id legal as it is? */
export function fitsIdRule(id: string, { pattern, length, exact }: ToolCallIdRule): boolean {
  const fits = exact === true ? id.length === length : id.length <= length
  return fits && LEGAL[pattern].test(id)
}

/** A number in hexadecimal as base 62, least significant digit first: 43 digits for 32 bytes. */
function digitsOf(hex: string): string {
  let rest = BigInt(`0x${hex}`)
  let digits = ''
  for (let count = 0; count < 43; count += 1) {
    digits += BASE62[Number(rest % 62n)] ?? ''
    rest /= 62n
  }
  return digits
}
