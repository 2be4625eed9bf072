import { setDefined, type Mutable } from '../kit/mutable.ts'

/**
 * How a target does at the moment, as this process has seen it. Numbers have three significant digits, also for whoever decides by
 * them, so that a record of them leads to the same decision again.
 */
export interface TargetLoad {
  /** Calls under way. */
  readonly inFlight: number
  /** Milliseconds until a stream says something, a recent peak included; absent: not known. */
  readonly firstTokenMs?: number | undefined
  /** Milliseconds for each token of an answer; where only whole answers were seen, all of their time is in it. Absent: not known. */
  readonly perTokenMs?: number | undefined
  /** Milliseconds since it last answered; absent: it never did. */
  readonly quietMs?: number | undefined
  /** The share of its latest calls that were a fault of its own, 0 to 1. */
  readonly errorShare: number
  /** Mean length of its answers to what the route asks, in tokens; absent: not known. */
  readonly outputTokens?: number | undefined
  /** The share of the route's input that it had in its cache, 0 to 1; absent: not known. */
  readonly cachedShare?: number | undefined
  /** The share that is left of its scarcest limit at the provider, for the credential that has the most, 0 to 1; absent: not known. */
  readonly headroom?: number | undefined
  /** How many tokens are left of it for that credential; absent: not limited, or not known. */
  readonly tokensLeft?: number | undefined
  /** From 0 to 1: how far it has come back since it rested. 1: it is as everybody. */
  readonly warmth: number
  /** By how much of the weights it is behind its share of the route, negative where it is ahead; absent: by nothing. */
  readonly owed?: number | undefined
  /** 1 where it is the target that the route put first the last time. */
  readonly wasFirst?: number | undefined
}

/** What is known of the load of targets, for whoever chooses among them. */
export interface LoadView {
  /**
   * How a target does.
   *
   * @param route the name of the route that asks: answers are as long as what is asked makes them. Without it they are those to all
   */
  of(target: string, route?: string): TargetLoad
  /**
   * The time within which this share of the streams of a target began, of requests about as long as this one; undefined where too few
   * were seen.
   *
   * @param share 0 to 1, such as 0.95
   */
  firstTokenQuantileMs(target: string, inputTokens: number, share: number): number | undefined
  /** What of it was read, where it is the view of one decision. */
  readonly told?: ToldLoads | undefined
}

/** What is left of providers' limits, for whoever picks a credential. */
export interface RoomView {
  /** The share that is left of the scarcest limit, 0 to 1, and 0 where so many tokens do not fit; undefined: not known. */
  room(target: string, credential: string, tokens: number): number | undefined
}

/** What a decision has read of loads: by measure, which is a member of `TargetLoad` or the name of a quantile, and by target. */
export type ToldLoads = ReadonlyMap<string, ReadonlyMap<string, number>>

/** The name of a quantile of the time until a stream begins, among measures. */
export function quantileName(share: number): string {
  return `p${share * 100}`
}

/** A target of which nothing is known. */
export const UNSEEN: TargetLoad = { inFlight: 0, errorShare: 0, warmth: 1 }

/** Where nobody has measured anything. */
export const NO_LOADS: LoadView = { of: () => UNSEEN, firstTokenQuantileMs: () => undefined }

/** The loads of a decision that was made already. */
export function loadsAsTold(told: ToldLoads): LoadView {
  return {
    told,
    firstTokenQuantileMs: (target, _inputTokens, share) => told.get(quantileName(share))?.get(target),
    of(target) {
      const load: Mutable<TargetLoad> = { ...UNSEEN }
      let measure: keyof TargetLoad
      for (measure in MEASURES) setDefined(load, measure, told.get(measure)?.get(target))
      return load
    },
  }
}

const MEASURES: { readonly [Measure in keyof TargetLoad]-?: true } = {
  inFlight: true,
  firstTokenMs: true,
  perTokenMs: true,
  quietMs: true,
  errorShare: true,
  outputTokens: true,
  cachedShare: true,
  headroom: true,
  tokensLeft: true,
  warmth: true,
  owed: true,
  wasFirst: true,
}
