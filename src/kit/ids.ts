import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Mints identifiers that sort by creation time. */
export interface Ids {
  /** `<prefix>_<26 characters>`, for example `req_01JD3K…`. */
  mint(prefix: string): string
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16

/**
 * Creates a minter of ULIDs (https://github.com/ulid/spec): 48 bits of milliseconds, then 80 random bits.
 * The time part is cached per millisecond, because a busy gateway mints several ids in one.
 */
export function createIds(clock: Clock, random: Random): Ids {
  let cachedMs = -1
  let cachedTime = ''
  return {
    mint(prefix) {
      const nowMs = clock.nowMs()
      if (nowMs !== cachedMs) {
        cachedMs = nowMs
        cachedTime = encodeTime(nowMs)
      }
      let tail = ''
      for (const byte of random.bytes(RANDOM_CHARACTERS)) tail += CROCKFORD[byte & 31]
      return `${prefix}_${cachedTime}${tail}`
    },
  }
}

function encodeTime(ms: number): string {
  let rest = ms
  let text = ''
  for (let position = 0; position < TIME_CHARACTERS; position += 1) {
    text = (CROCKFORD[rest % 32] ?? '') + text
    rest = Math.floor(rest / 32)
  }
  return text
}
