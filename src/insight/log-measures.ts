import { UNSEEN, type LoadView, type TargetLoad, type ToldLoads } from '../exchange/load-view.ts'
import type { Mutable } from '../kit/mutable.ts'
import { LIMITS } from '../kit/limits.ts'
import type { RequestRow } from '../store/store.ts'

/** Fewer answers say nothing of their length, or of the time until they begin. */
const LEAST_ANSWERS = 5

/** What was seen of the answers of a target. */
interface Seen {
  answers: number
  outputTokens: number
  begun: number
  firstEventMs: number
  durationMs: number
}

const NOTHING: Readonly<Seen> = { answers: 0, outputTokens: 0, begun: 0, firstEventMs: 0, durationMs: 0 }

/**
 * How targets did by the request log: how long their answers are, and when they begin. Of the first `LIMITS.whatIfMeasures` pairs of
 * route and target; a pair that was not seen is as its target is everywhere.
 */
export class LogMeasures {
  readonly #seen = new Map<string, Seen>()
  /** By route, then by target. */
  readonly #loads = new Map<string, Map<string, TargetLoad>>()

  /** Takes in a line of the log, where it tells of one answer alone. */
  add({ target, route = '', outcome, outputTokens, attempts, firstEventMs, durationMs }: RequestRow): void {
    if (target === undefined || outcome !== 'ok' || attempts.includes(', ')) return
    for (const key of [keyOf(target, route), target]) {
      const seen = this.#entry(key)
      if (seen === undefined) continue
      seen.answers += 1
      seen.outputTokens += outputTokens
      seen.durationMs += durationMs
      if (firstEventMs === undefined) continue
      seen.begun += 1
      seen.firstEventMs += firstEventMs
    }
  }

  /** Mean tokens of the answers of a target to a route; undefined where too few were seen. */
  outputTokens(target: string, route: string): number | undefined {
    const seen = this.#of(target, route)
    return seen.answers < LEAST_ANSWERS ? undefined : seen.outputTokens / seen.answers
  }

  /** Mean milliseconds until an answer begins, likewise. */
  firstEventMs(target: string, route: string): number | undefined {
    const seen = this.#of(target, route)
    return seen.begun < LEAST_ANSWERS ? undefined : seen.firstEventMs / seen.begun
  }

  /** As strategies ask for it. */
  load(target: string, route: string): TargetLoad {
    let loads = this.#loads.get(route)
    if (loads === undefined) {
      loads = new Map()
      // Names of routes are clients' own under wildcards.
      if (this.#loads.size < LIMITS.whatIfKinds) this.#loads.set(route, loads)
    }
    let load = loads.get(target)
    if (load === undefined) {
      load = this.#toLoad(target, route)
      if (loads.size < LIMITS.whatIfMeasures) loads.set(target, load)
    }
    return load
  }

  #toLoad(target: string, route: string): TargetLoad {
    const load: Mutable<TargetLoad> = { ...UNSEEN }
    const [tokens, firstMs] = [this.outputTokens(target, route), this.firstEventMs(target, route)]
    const { answers, durationMs, outputTokens } = this.#of(target, route)
    load.outputTokens = tokens
    load.firstTokenMs = firstMs
    const writingMs = durationMs - (firstMs ?? 0) * answers
    if (tokens !== undefined && outputTokens > 0) load.perTokenMs = Math.max(0, writingMs / outputTokens)
    return load
  }

  #of(target: string, route: string): Readonly<Seen> {
    const here = this.#seen.get(keyOf(target, route))
    return here !== undefined && here.answers >= LEAST_ANSWERS ? here : (this.#seen.get(target) ?? NOTHING)
  }

  #entry(key: string): Seen | undefined {
    let seen = this.#seen.get(key)
    if (seen === undefined && this.#seen.size < LIMITS.whatIfMeasures) {
      seen = { ...NOTHING }
      this.#seen.set(key, seen)
    }
    return seen
  }
}

/** Names of routes are clients' own under wildcards; no target has a line feed in its name. */
function keyOf(target: string, route: string): string {
  return `${target}\n${route}`
}

/** What the chooser of routes remembers for itself is no measure of a target. */
const OF_PASTS: ReadonlySet<string> = new Set(['owed', 'wasFirst'])

/** The loads of a decision: as they were read then, and where nobody read them, as the log has them. */
export function loadsThen(told: ToldLoads | undefined, measures: LogMeasures): LoadView {
  return {
    firstTokenQuantileMs: () => undefined,
    of(target, route = '') {
      const measured = measures.load(target, route)
      if (told === undefined) return measured
      const load: { [measure: string]: number | undefined } = { ...measured }
      for (const [measure, values] of told) {
        const value = OF_PASTS.has(measure) ? undefined : values.get(target)
        if (value !== undefined) load[measure] = value
      }
      return { ...measured, ...load }
    },
  }
}
