import { readDecision } from '../exchange/decision-record.ts'
import { defined } from '../kit/defined.ts'
import { readNumber, readObjects, readString } from '../kit/json.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { RequestRow } from '../store/store.ts'

/** What a request was given that had been asked before, in the place of a bill. */
export interface GivenAgain {
  /** How: `hit`, `semantic`, `stale`, `coalesced` or what a later version calls it. */
  readonly outcome: string
  /** When it was given first; absent: not known, or at the same time. */
  readonly firstMs?: number
  /** The request that was given it first. */
  readonly firstId?: string
  /** What it had cost then, which this one saved. Absent: not known. */
  readonly savedNanoUsd?: NanoUsd
}

const ASKED_ANEW: ReadonlySet<string> = new Set(['miss', 'refresh', 'bypass'])

/** Was a request given an answer again, by what came of it at the cache? */
export function isGivenAgain(cache: string | undefined): cache is string {
  return cache !== undefined && !ASKED_ANEW.has(cache)
}

/** What of a line tells that its answer was given again; undefined where somebody was asked for it. */
export function givenAgain({ cache, decision, atMs, savedNanoUsd }: RequestRow): GivenAgain | undefined {
  if (!isGivenAgain(cache)) return undefined
  const record = decision === undefined ? undefined : readDecision(decision)
  const step = readObjects(record ?? {}, 'steps').find((one) => one['step'] === 'cache') ?? {}
  const ageMs = readNumber(step, 'ageMs')
  return {
    outcome: cache,
    ...defined({
      firstMs: ageMs === undefined ? undefined : atMs - ageMs,
      firstId: readString(step, 'first'),
      savedNanoUsd,
    }),
  }
}
