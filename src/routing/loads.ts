import { UNSEEN, type LoadView, type RoomView, type TargetLoad } from '../exchange/load-view.ts'
import type { LimitLeft } from '../exchange/provider-limit.ts'
import type { Credential } from '../exchange/target.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru, type Lru } from '../kit/lru.ts'
import { toSignificant } from '../kit/significant.ts'
import { AnswerMean, expectedOutput, type AnswerMeans } from './answer-lengths.ts'
import { Headrooms } from './headrooms.ts'
import { TargetMeasures } from './target-measures.ts'

/** A call that is begun. */
export interface CallStart {
  readonly target: string
  readonly credential: Credential
  /** Name of the route that asks. */
  readonly route: string
  /** An estimate. */
  readonly inputTokens: number
}

/** What a call used. */
export type Counts = Omit<AnswerMeans, 'answers'>

/** How a call ended. */
export interface CallEnd {
  /** What it says of the target: `nothing` where the client left, or where the request was at fault. */
  readonly proof: 'well' | 'fault' | 'nothing'
  /** What was used, where the provider told all of it. */
  readonly counts?: Counts | undefined
}

/** The means of a route: over all its targets, and of each. */
interface RouteMeans {
  readonly all: AnswerMean
  readonly byTarget: Lru<string, AnswerMean>
}

/** What this process has measured of targets. Only what became of attempts changes it; what is forgotten first was asked the longest time ago. */
export class LoadBoard implements LoadView, RoomView {
  readonly #clock: Clock
  readonly #targets: Lru<string, TargetMeasures> = createLru(LIMITS.measuredTargets)
  readonly #routes: Lru<string, RouteMeans> = createLru(LIMITS.measuredRoutes)
  readonly #headrooms = new Headrooms()
  #inFlight = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  of(target: string, route?: string): TargetLoad {
    const measures = this.#targets.get(target)
    if (measures === undefined) return UNSEEN
    const nowMs = this.#clock.elapsedMs()
    const load = measures.loadAt(nowMs)
    const best = this.#headrooms.best(target, nowMs)
    if (best !== undefined) {
      load.headroom = toSignificant(best.share)
      if (Number.isFinite(best.tokens)) load.tokensLeft = toSignificant(best.tokens)
    }
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

  room(target: string, credential: string, tokens: number): number | undefined {
    const room = this.#headrooms.of(target, credential, this.#clock.elapsedMs())
    if (room === undefined) return undefined
    return room.tokens < tokens ? 0 : room.share
  }

  /** A call begins; whoever began it tells of its end, once. */
  begin(start: CallStart): CallUnderWay {
    const measures = this.#measuresOf(start.target)
    const nowMs = this.#clock.elapsedMs()
    const account = this.#headrooms.accountOf(start.target, start.credential, nowMs)
    account?.take({ requests: 1, tokens: start.inputTokens, nowMs })
    measures.inFlight += 1
    this.#inFlight += 1
    return new CallUnderWay({ board: this, clock: this.#clock, measures, start, startedMs: nowMs })
  }

  /** A target that rested takes calls again: it is given its share little by little. */
  recovered(target: string): void {
    this.#measuresOf(target).recovered(this.#clock.elapsedMs())
  }

  /** Sizes for the gauges. */
  sizes(): { readonly inFlight: number; readonly targets: number; readonly routes: number } {
    return { inFlight: this.#inFlight, targets: this.#targets.size, routes: this.#routes.size }
  }

  /** For calls under way: the provider of one has told of its limits. */
  tell({ target, credential }: CallStart, limits: readonly LimitLeft[]): void {
    this.#headrooms.tell(target, credential, { limits, nowMs: this.#clock.elapsedMs() })
  }

  /** For calls under way: one of them is over. */
  end(
    { route, target, credential, inputTokens }: CallStart,
    counts: Counts | undefined,
    nowMs: number,
  ): void {
    this.#inFlight -= 1
    if (counts === undefined) return
    const tokens = counts.outputTokens + counts.inputTokens - inputTokens
    this.#headrooms.accountOf(target, credential, nowMs)?.take({ requests: 0, tokens, nowMs })
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
  readonly start: CallStart
  readonly startedMs: number
}

/** A call from its beginning to its end. */
export class CallUnderWay {
  readonly #parts: CallParts
  /** When its first token came. */
  #beganMs: number | undefined

  constructor(parts: CallParts) {
    this.#parts = parts
  }

  get hasBegun(): boolean {
    return this.#beganMs !== undefined
  }

  /** The first token of a stream came. */
  begin(): void {
    const { clock, measures, start, startedMs } = this.#parts
    const nowMs = clock.elapsedMs()
    this.#beganMs = nowMs
    measures.began(nowMs - startedMs, start.inputTokens, nowMs)
  }

  /** The provider has told of its limits. */
  tell(limits: readonly LimitLeft[]): void {
    this.#parts.board.tell(this.#parts.start, limits)
  }

  /** @param isStream whether it was to be answered token by token */
  end(isStream: boolean, { proof, counts }: CallEnd): void {
    const { board, clock, measures, start, startedMs } = this.#parts
    const nowMs = clock.elapsedMs()
    measures.inFlight -= 1
    if (proof !== 'nothing') measures.proved(proof === 'fault', nowMs)
    if (this.#beganMs === undefined) {
      if (isStream) measures.waitedInVain(nowMs - startedMs, start.inputTokens, nowMs)
      else if (proof === 'well') measures.answered(counts?.outputTokens ?? 0, nowMs - startedMs, nowMs)
    } else if (counts !== undefined) measures.wrote(counts.outputTokens, nowMs - this.#beganMs, nowMs)
    if (counts !== undefined) measures.answers.observe(counts)
    board.end(start, counts, nowMs)
  }
}
