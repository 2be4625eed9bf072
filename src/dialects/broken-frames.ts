import { Failure } from '../exchange/failure.ts'
import { LIMITS } from '../kit/limits.ts'

/** A frame of a stream that is not what the dialect speaks, and what the answer had come to. */
interface BrokenFrame {
  /** How many frames of the answer were broken, this one included. */
  readonly count: number
  /** True once something was told that the client would notice. */
  readonly spoke: boolean
  /** True where a call was begun and the answer is not finished: the lost piece may be part of that call or of the next one. */
  readonly inCall: boolean
}

/**
 * What a broken frame means; undefined where it is skipped. One in the middle of prose is: a missing word is better than
 * a lost answer. Before any content another target can still give the whole answer, and in a call a lost piece would change
 * what the client executes. A second one says that the answer as a whole is not to be trusted.
 */
export function brokenFrameFailure({ count, spoke, inCall }: BrokenFrame): Failure | undefined {
  if (spoke && !inCall && count <= LIMITS.brokenFrames) return undefined
  return new Failure('malformed-response', { cause: 'a frame is not JSON' })
}
