import { UNSEEN, type LoadView, type TargetLoad } from '../exchange/load-view.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru, type Lru } from '../kit/lru.ts'
import { toSignificant } from '../kit/significant.ts'
import { AnswerMean, expectedOutput, type AnswerMeans } from './answer-lengths.ts'
import { TargetMeasures } from './target-measures.ts'

/** A call that is begun. */
export interface CallStart {
  readonly target: string
  /** Name of the route that asks. */
  readonly route: string
  /** An estimate. */
  readonly inputTokens: number
}

/** How a call ended. */
export interface CallEnd {
  /** What it says of the target: `nothing` where the client left, or where the request was at fault. */
  readonly proof: 'well' | 'fault' | 'nothing'
  /** What was used, where the provider told all of it. */
  readonly counts?: Omit<AnswerMeans, 'answers'>
}

/** The means of a route: over all its targets, and of each. */
interface RouteMeans {
  readonly all: AnswerMean
  readonly byTarget: Lru<string, AnswerMean>
}

/** What this process has measured of targets. Only what became of attempts changes it; what is forgotten first was asked the longest time ago. */
export class LoadBoard implements LoadView {
  readonly #clock: Clock
  readonly #targets: Lru<string, TargetMeasures> = createLru(LIMITS.measuredTargets)
  readonly #routes: Lru<string, RouteMeans> = createLru(LIMITS.measuredRoutes)
  #inFlight = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of(target: string, route?: string): TargetLoad {
    const measures = this.#targets.get(target)
    if (measures === undefined) return UNSEEN
    const load = measures.loadAt(this.#clock.elapsedMs())
    const means = route === undefined ? undefined : this.#routes.get(route)
    const own = means?.byTarget.get(target)
    const outputTokens = expectedOutput({ own, route: means?.all, target: measures.answers })
    if (outputTokens !== undefined) load.outputTokens = toSignificant(outputTokens)
    if (own !== undefined && own.inputTokens > 0)
      load.cachedShare = toSignificant(own.cachedTokens / own.inputTokens)
    return load
  }

  firstTokenQuantileMs(target: string, inputTokens: number, share: number): number | undefined {
    return this.#targets.get(target)?.firstTokenQuantileMs(inputTokens, share)
  }

  /** A call begins; whoever began it tells of its end, once. */
  begin(start: CallStart): CallUnderWay {
    const measures = this.#measuresOf(start.target)
    measures.inFlight += 1
    this.#inFlight += 1
    return new CallUnderWay({ board: this, clock: this.#clock, measures }, start)
  }

  /** A target that rested takes calls again: it is given its share little by little. */
  recovered(target: string): void {
    this.#measuresOf(target).recovered(this.#clock.elapsedMs())
  }

  /** Sizes for the gauges. */
  sizes(): { readonly inFlight: number; readonly targets: number; readonly routes: number } {
    return { inFlight: this.#inFlight, targets: this.#targets.size, routes: this.#routes.size }
  }

  /** For calls under way: one of them is over. */
  end({ route, target }: CallStart, counts: CallEnd['counts']): void {
    this.#inFlight -= 1
    if (counts === undefined) return
    let means = this.#routes.get(route)
    if (means === undefined) {
      means = { all: new AnswerMean(), byTarget: createLru(LIMITS.measuredTargetsOfRoute) }
      this.#routes.set(route, means)
    }
    let own = means.byTarget.get(target)
    if (own === undefined) {
      own = new AnswerMean()
      means.byTarget.set(target, own)
    }
    own.observe(counts)
    means.all.observe(counts)
  }

  #measuresOf(target: string): TargetMeasures {
    let measures = this.#targets.get(target)
    if (measures === undefined) {
      measures = new TargetMeasures()
      this.#targets.set(target, measures)
    }
    return measures
  }
}

interface CallParts {
  readonly board: LoadBoard
  readonly clock: Clock
  readonly measures: TargetMeasures
}

/** A call from its beginning to its end. */
export class CallUnderWay {
  readonly #parts: CallParts
  readonly #start: CallStart
  readonly #startedMs: number
  /** When its first token came. */
  #beganMs: number | undefined

  constructor(parts: CallParts, start: CallStart) {
    this.#parts = parts
    this.#start = start
    this.#startedMs = parts.clock.elapsedMs()
  }

  get hasBegun(): boolean {
    return this.#beganMs !== undefined
  }

  /** The first token of a stream came. */
  begin(): void {
    const { clock, measures } = this.#parts
    const nowMs = clock.elapsedMs()
    this.#beganMs = nowMs
    measures.began(nowMs - this.#startedMs, this.#start.inputTokens, nowMs)
  }

  /** @param isStream whether it was to be answered token by token */
  end(isStream: boolean, { proof, counts }: CallEnd): void {
    const { board, clock, measures } = this.#parts
    const nowMs = clock.elapsedMs()
    measures.inFlight -= 1
    if (proof !== 'nothing') measures.proved(proof === 'fault', nowMs)
    if (this.#beganMs === undefined) {
      if (isStream) measures.waitedInVain(nowMs - this.#startedMs, nowMs)
      else if (proof === 'well') measures.answered(counts?.outputTokens ?? 0, nowMs - this.#startedMs, nowMs)
    } else if (counts !== undefined) measures.wrote(counts.outputTokens, nowMs - this.#beganMs, nowMs)
    if (counts !== undefined) measures.answers.observe(counts)
    board.end(this.#start, counts)
  }
}
