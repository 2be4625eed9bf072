import type { Usage } from '../exchange/usage.ts'

/** Keeps what was delivered of an answer, so that the bill charges for it and for no more. */
export interface Charge {
  /** Something was handed to the connection. */
  add(tokens: number, isLast: boolean): void
  /** True once the end of the answer was handed over. */
  readonly complete: boolean
  /** Everything when complete, else the input and the output delivered so far. */
  usage(): Usage
  /** What all of the answer uses. */
  readonly whole: Usage
  /** True when output was delivered. */
  readonly begun: boolean
}

/** Creates the charge of an answer that uses `full` when all of it is delivered. */
export function createCharge(full: Usage): Charge {
  let delivered = 0
  let complete = false
  return {
    whole: full,
    add(tokens, isLast) {
      delivered += tokens
      complete ||= isLast
    },
    get complete() {
      return complete
    },
    get begun() {
      return delivered > 0
    },
    usage() {
      if (complete) return full
      const reasoningTokens = Math.min(delivered, full.reasoningTokens)
      return {
        ...full,
        reasoningTokens,
        outputTokens: Math.min(delivered - reasoningTokens, full.outputTokens),
      }
    },
  }
}
