import { UNSEEN, type TargetLoad } from '../exchange/load-view.ts'
import type { Mutable } from '../kit/mutable.ts'
import { toSignificant } from '../kit/significant.ts'
import { AnswerMean } from './answer-lengths.ts'
import { FadingMean, FadingPeak, FadingShare } from './fading.ts'
import { TimeSketch } from './time-sketch.ts'

/** How long a target that was away is given less than its share. */
const WARMING_MS = 30_000
/** What it is given at first. */
const LEAST_WARMTH = 0.1
/** Weight of one call in the share of those that failed. */
const ERROR_WEIGHT = 0.2
/** Shorter answers tell more of the beginning than of the writing. */
const LEAST_TOKENS = 8
/** Upper bounds of the sizes of requests, in tokens, that are told apart; the last size has none. */
const SIZES = [1_000, 4_000, 16_000, 64_000] as const

/** What takes longer than this share of them is not among the quick. */
const LATE = 0.5

/** What was measured of one target. */
export class TargetMeasures {
  inFlight = 0
  /** Of its answers to all routes. */
  readonly answers = new AnswerMean()
  readonly #errors = new FadingShare()
  #firstToken: FadingPeak | undefined
  #perToken: FadingMean | undefined
  /** Of answers that came whole: their time, and their length. */
  #wholeMs: FadingMean | undefined
  #wholeTokens: FadingMean | undefined
  #warmFromMs: number | undefined
  #answeredAtMs: number | undefined
  /** Of first tokens, by the size of the request. */
  readonly #sketches: (TimeSketch | undefined)[] = []

  /** All but what depends on the route. */
  loadAt(nowMs: number): Mutable<TargetLoad> {
    const load: Mutable<TargetLoad> = { ...UNSEEN, inFlight: this.inFlight }
    load.errorShare = toSignificant(this.#errors.at(nowMs))
    load.warmth = this.#warmthAt(nowMs)
    if (this.#answeredAtMs !== undefined) load.quietMs = toSignificant(nowMs - this.#answeredAtMs)
    if (this.#firstToken !== undefined) load.firstTokenMs = toSignificant(this.#firstToken.at(nowMs))
    if (this.#perToken !== undefined) load.perTokenMs = toSignificant(this.#perToken.value)
    else if (this.#firstToken === undefined) this.#addWhole(load)
    return load
  }

  /** The first token of a stream came after a time. */
  began(tookMs: number, inputTokens: number, nowMs: number): void {
    if (this.#firstToken === undefined) this.#firstToken = new FadingPeak(tookMs, nowMs)
    else this.#firstToken.observe(tookMs, nowMs)
    const size = sizeOf(inputTokens)
    const sketch = (this.#sketches[size] ??= new TimeSketch())
    sketch.observe(tookMs)
  }

  /** A stream has written so many tokens behind its first in a time. */
  wrote(tokens: number, tookMs: number, nowMs: number): void {
    if (tokens < LEAST_TOKENS) return
    const perTokenMs = tookMs / tokens
    if (this.#perToken === undefined) this.#perToken = new FadingMean(perTokenMs, nowMs)
    else this.#perToken.observe(perTokenMs, nowMs)
  }

  /** A whole answer came after a time. */
  answered(tokens: number, tookMs: number, nowMs: number): void {
    if (this.#wholeMs === undefined || this.#wholeTokens === undefined) {
      this.#wholeMs = new FadingMean(tookMs, nowMs)
      this.#wholeTokens = new FadingMean(tokens, nowMs)
      return
    }
    this.#wholeMs.observe(tookMs, nowMs)
    this.#wholeTokens.observe(tokens, nowMs)
  }

  /**
   * A stream was given up before it said anything: its first token would have taken longer still. Left out, the slowest would be
   * missing from the times, and every share of them seem shorter than it is; what was given up early tells nothing of them.
   */
  waitedInVain(waitedMs: number, inputTokens: number, nowMs: number): void {
    const sketch = this.#sketches[sizeOf(inputTokens)]
    if (waitedMs > (sketch?.quantileMs(LATE) ?? Number.POSITIVE_INFINITY)) sketch?.observe(waitedMs)
    if (this.#firstToken !== undefined && this.#firstToken.at(nowMs) < waitedMs)
      this.#firstToken.observe(waitedMs, nowMs)
  }

  /** A call went well or did not, by a fault of the target. */
  proved(isFault: boolean, nowMs: number): void {
    if (!isFault) this.#answeredAtMs = nowMs
    this.#errors.observe(isFault, nowMs, ERROR_WEIGHT)
  }

  /** It was away and is back. */
  recovered(nowMs: number): void {
    this.#warmFromMs = nowMs
  }

  firstTokenQuantileMs(inputTokens: number, share: number): number | undefined {
    const ms = this.#sketches[sizeOf(inputTokens)]?.quantileMs(share)
    return ms === undefined ? undefined : toSignificant(ms)
  }

  #warmthAt(nowMs: number): number {
    if (this.#warmFromMs === undefined) return 1
    const warmth = (nowMs - this.#warmFromMs) / WARMING_MS
    if (warmth < 1) return toSignificant(Math.max(LEAST_WARMTH, warmth))
    this.#warmFromMs = undefined
    return 1
  }

  /** Only whole answers were seen: their time per token, or, where nothing is written, their time. */
  #addWhole(load: Mutable<TargetLoad>): void {
    if (this.#wholeMs === undefined || this.#wholeTokens === undefined) return
    const ms = this.#wholeMs.value
    const tokens = this.#wholeTokens.value
    if (tokens < 1) load.firstTokenMs = toSignificant(ms)
    else load.perTokenMs = toSignificant(ms / tokens)
  }
}

function sizeOf(inputTokens: number): number {
  const size = SIZES.findIndex((most) => inputTokens < most)
  return size < 0 ? SIZES.length : size
}
