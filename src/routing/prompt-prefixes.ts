import { hashOn } from '../kit/hash.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru } from '../kit/lru.ts'

/** Whose prompts are compared. */
export interface PromptSource {
  readonly key: string
  readonly route: string
}

/** What one request says of them. */
export interface PromptSample {
  /** The system prompt. */
  readonly text: string
  /** Input tokens, and those of them that were read from the provider's cache. */
  readonly inputTokens: number
  readonly cachedTokens: number
}

/** A system prompt that changes from call to call, so that no provider can cache what stands behind the change. */
export interface ChangingPrompt extends PromptSource {
  /** The first byte that changes lies from here on … */
  readonly fromByte: number
  /** … and before this one. */
  readonly beforeByte: number
  /** Calls that were compared with the one before them, and those of them that differed. */
  readonly compared: number
  readonly changed: number
  /** Share of the input that was read from a cache. */
  readonly cachedShare: number
}

/** Finds out whose prompts change, by hashes: nothing of what they say is kept. */
export interface PromptPrefixes {
  /** Should the next request of a source be looked at? Counts it. */
  isDue(source: PromptSource): boolean
  /** Looks at one. Gives what was found out when that is new. */
  look(source: PromptSource, sample: PromptSample): ChangingPrompt | undefined
  /** Everything that was found out and still holds. */
  all(): readonly ChangingPrompt[]
  /** How many sources are known. */
  readonly size: number
}

/** A source is looked at so often at first, and then at one request in so many. */
const FIRST_LOOKS = 24
const LOOK_EVERY = 16
/** Bytes of a prompt that are looked at. Shorter ones than the least are not cached by anybody. */
const MOST_BYTES = 64 * 1024
const LEAST_BYTES = 3_600
/** Hashes are taken where a prompt has doubled, and at so many places between two that differ. */
const FIRST_POINT = 64
const CUTS = 16
/** What changes as often as this is said to change with every call. */
const OFTEN = 0.8
const ENOUGH = 8
const FEW = 3

/** What is known of one source. */
interface Known {
  readonly source: PromptSource
  requests: number
  compared: number
  changed: number
  inputTokens: number
  cachedTokens: number
  /** Hashes of the last prompt, by the length of what they are of. */
  hashes: ReadonlyMap<number, number>
  bytes: number
  /** The first change is behind so many bytes that are the same, and before so many. */
  fromByte: number
  beforeByte: number
  /** Changes that were elsewhere. */
  elsewhere: number
  isTold: boolean
}

/** Creates the memory of a process; it holds the last `LIMITS.promptSources`. */
export function createPromptPrefixes(): PromptPrefixes {
  const byRoute = new Map<string, Map<string, Known>>()
  const forget = ({ source: { key, route } }: Known): void => {
    const ofRoute = byRoute.get(route)
    ofRoute?.delete(key)
    if (ofRoute?.size === 0) byRoute.delete(route)
  }
  const sources = createLru<Known, Known>(LIMITS.promptSources, forget)
  const find = ({ key, route }: PromptSource): Known => {
    const known = byRoute.get(route)?.get(key)
    if (known !== undefined) return known
    const fresh = begin({ key, route })
    sources.set(fresh, fresh)
    const ofRoute = byRoute.get(route) ?? new Map<string, Known>()
    byRoute.set(route, ofRoute.set(key, fresh))
    return fresh
  }
  return {
    // Every request asks this: two names that are there anyway lead to what is known, and who is looked at counts as used.
    isDue(source) {
      const known = find(source)
      known.requests += 1
      if (known.requests > FIRST_LOOKS && known.requests % LOOK_EVERY !== 0) return false
      sources.get(known)
      return true
    },
    look(source, sample) {
      const known = find(source)
      compare(known, sample)
      if (known.isTold || !isChanging(known)) return undefined
      known.isTold = true
      return describe(known)
    },
    all: () => [...sources.values()].filter(isChanging).map(describe),
    get size() {
      return sources.size
    },
  }
}

function begin(source: PromptSource): Known {
  return {
    source,
    requests: 0,
    compared: 0,
    changed: 0,
    inputTokens: 0,
    cachedTokens: 0,
    hashes: new Map(),
    bytes: 0,
    fromByte: 0,
    beforeByte: MOST_BYTES,
    elsewhere: 0,
    isTold: false,
  }
}

/** Compares a prompt with the one before it, and takes its hashes where the next comparison can tell more. */
function compare(known: Known, { text, inputTokens, cachedTokens }: PromptSample): void {
  const bytes = Buffer.from(text).subarray(0, MOST_BYTES)
  known.inputTokens += inputTokens
  known.cachedTokens += cachedTokens
  if (known.hashes.size > 0) {
    known.compared += 1
    const seen = hashesAt(bytes, [...known.hashes.keys()])
    const change = firstChange(known.hashes, seen)
    if (change !== undefined) {
      known.changed += 1
      narrow(known, change)
    }
  }
  known.bytes = bytes.length
  known.hashes = hashesAt(bytes, pointsOf(known))
}

/** The lengths between which two prompts begin to differ. */
interface Change {
  readonly from: number
  readonly before: number
}

function firstChange(
  before: ReadonlyMap<number, number>,
  now: ReadonlyMap<number, number>,
): Change | undefined {
  let from = 0
  for (const [length, hash] of before) {
    if (now.get(length) !== hash) return { from, before: length }
    from = length
  }
  return undefined
}

/** A change within what is known tells more about it. One elsewhere counts where most are: the minute changes before the hour. */
function narrow(known: Known, { from, before }: Change): void {
  if (from < known.beforeByte && before > known.fromByte) {
    known.fromByte = Math.max(known.fromByte, from)
    known.beforeByte = Math.min(known.beforeByte, before)
    return
  }
  known.elsewhere += 1
  if (known.elsewhere < FEW || known.elsewhere * FEW < known.compared) return
  known.elsewhere = 0
  known.fromByte = from
  known.beforeByte = before
}

/** Where hashes are taken: at doubling lengths, and finely where the change is believed to be. */
function pointsOf({ fromByte, beforeByte }: Known): readonly number[] {
  const points = new Set<number>()
  for (let length = FIRST_POINT; length <= MOST_BYTES; length *= 2) points.add(length)
  points.add(fromByte).add(beforeByte)
  const step = (beforeByte - fromByte) / CUTS
  for (let cut = 1; cut < CUTS; cut += 1) points.add(Math.round(fromByte + cut * step))
  points.delete(0)
  return [...points].toSorted((left, right) => left - right)
}

/** Hashes of what a prompt begins with, in one pass; a length beyond its end is its end. */
function hashesAt(bytes: Uint8Array, points: readonly number[]): ReadonlyMap<number, number> {
  const hashes = new Map<number, number>()
  let [hash, at] = [0, 0]
  for (const length of points) {
    const end = Math.min(length, bytes.length)
    if (end > at) hash = hashOn(bytes.subarray(at, end), hash)
    at = Math.max(at, end)
    hashes.set(length, hash)
  }
  return hashes
}

/** Does it change with every call, and so early that most of it cannot be cached? */
function isChanging({ compared, changed, fromByte, bytes }: Known): boolean {
  return compared >= ENOUGH && changed >= OFTEN * compared && bytes >= LEAST_BYTES && fromByte < bytes / 2
}

function describe(known: Known): ChangingPrompt {
  const { source, fromByte, beforeByte, compared, changed, inputTokens, cachedTokens } = known
  const cachedShare = inputTokens === 0 ? 0 : cachedTokens / inputTokens
  return { ...source, fromByte, beforeByte, compared, changed, cachedShare }
}
