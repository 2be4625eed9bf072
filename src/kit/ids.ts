import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Mints identifiers that sort by creation time. */
export interface Ids {
  /** `<prefix>_<26 characters>`, for example `req_01JD3K…`. */
  mint(prefix: string): string
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODES = new TextEncoder().encode(CROCKFORD)
const TIME_CHARACTERS = 10
const RANDOM_CHARACTERS = 16
/** Randomness is drawn for this many ids at once: one call of the platform's generator costs as much as thirty bytes of it. */
const DRAWN_IDS = 64

/**
 * Creates a minter of ULIDs (https://github.com/ulid/spec): 48 bits of milliseconds, then 80 random bits.
 * The time part is cached per millisecond, because a busy gateway mints several ids in one.
 */
export function createIds(clock: Clock, random: Random): Ids {
  const pool = Buffer.alloc(RANDOM_CHARACTERS * DRAWN_IDS)
  let drawn = ''
  let at = pool.length
  let cachedMs = -1
  let cachedStamp = ''
  const draw = (): string => {
    if (at === pool.length) {
      const bytes = random.bytes(pool.length)
      for (let index = 0; index < pool.length; index += 1) pool[index] = CODES[(bytes[index] ?? 0) & 31] ?? 0
      drawn = pool.toString('latin1')
      at = 0
    }
    at += RANDOM_CHARACTERS
    return drawn.slice(at - RANDOM_CHARACTERS, at)
  }
  return {
    mint(prefix) {
      const nowMs = clock.nowMs()
      if (nowMs !== cachedMs) {
        cachedMs = nowMs
        cachedStamp = `_${encodeTime(nowMs)}`
      }
      return `${prefix}${cachedStamp}${draw()}`
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
