import type { Watcher } from '../exchange/watcher.ts'
import type { Attempt, Exchange } from '../exchange/exchange.ts'
import type { ModelResponse } from '../exchange/response.ts'
import type { MaybePromise } from '../kit/maybe-promise.ts'

/**
 * Lets an exchange in, as it is or extended by copying, or refuses it: throws or rejects with `Failure` only. What it takes it
 * gives back when the exchange is over (`trail.onEnd`). It gives a promise only where it has to wait for something.
 */
export type Admission = (exchange: Exchange) => MaybePromise<Exchange>

/** Answers an exchange. Rejects with `Failure` only. */
export type HandleExchange = (exchange: Exchange) => Promise<ModelResponse>

/** A layer of the outer onion: has to do with the answer to an exchange, which it may give itself, pass on or tap. */
export type Layer = (next: HandleExchange) => HandleExchange

/** Answers an attempt. Rejects with `Failure` only. */
export type HandleAttempt = (attempt: Attempt) => Promise<ModelResponse>

/**
 * Lets an attempt through before it is announced, and watches it from then on; or refuses it: throws or rejects with `Failure`. It is told of the end of
 * every attempt that it let through, of one that failed before its response began as of any other; undefined where it has nothing to watch.
 */
export type AttemptAdmission = (attempt: Attempt) => MaybePromise<Watcher | undefined>

/** A layer of the inner onion: runs once per attempt. */
export type AttemptLayer = (next: HandleAttempt) => HandleAttempt
