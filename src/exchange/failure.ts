import { failureRow, type FailureCode, type FailureRow } from './failure-table.ts'
import { LIMITS } from '../kit/limits.ts'
import { clipText } from '../kit/plain-text.ts'
import type { Family } from './content.ts'
import type { Usage } from './usage.ts'

/** What the provider said, for the same-dialect client and for the log. */
export interface UpstreamError {
  readonly status: number
  /** Family of the dialect that the body is written in. */
  readonly family: Family
  /** The body as received, at most `LIMITS.errorBodyBytes`; absent for errors inside a stream. */
  readonly body?: Uint8Array
  readonly type?: string
  readonly code?: string
  readonly param?: string
  readonly requestId?: string
}

export interface FailureDetails {
  /** Replaces the table's message; must be safe to show to the client. */
  readonly message?: string
  /** The field at fault, as a path in the client's own words. */
  readonly param?: string
  /** How long to wait before trying again, milliseconds. */
  readonly retryAfterMs?: number
  /** Replaces the table's status, to keep the class and number that the provider sent. */
  readonly status?: number
  readonly upstream?: UpstreamError
  /** What the provider says, together with the error, that it charges. */
  readonly usage?: Usage
  /** Numbers of a context overflow, when the provider told them. */
  readonly overflow?: {
    readonly inputTokens?: number
    readonly outputTokens?: number
    readonly limitTokens?: number
  }
  /** Names to offer instead: models, paths. */
  readonly nearest?: readonly string[]
  /** Further facts for the client, snake_case, JSON-safe: the limit that was hit, the budget that is spent. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>
  /** Extra response headers: rate-limit headers and the like. */
  readonly headers?: Readonly<Record<string, string>>
  /** For the log only. */
  readonly cause?: unknown
}

/**
 * The only error that travels through the house. Thrown where something is found out, caught where meaning is added,
 * mapped to the wire in one place: the client dialect's `encodeFailure`.
 */
export class Failure extends Error {
  readonly code: FailureCode
  readonly details: FailureDetails

  constructor(code: FailureCode, details: FailureDetails = {}) {
    super(
      // Either may quote what a client wrote, who may have written megabytes.
      clipText(details.message ?? failureRow(code).message, LIMITS.loggedCharacters),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = 'Failure'
    this.code = code
    this.details = withShortParam(details)
  }

  /** The table's row of this code. */
  get row(): FailureRow {
    return failureRow(this.code)
  }

  /** HTTP status towards the client. */
  get status(): number {
    return this.details.status ?? this.row.status
  }
}

function withShortParam(details: FailureDetails): FailureDetails {
  const { param } = details
  if (param === undefined || param.length <= LIMITS.shownCharacters) return details
  return { ...details, param: clipText(param, LIMITS.shownCharacters) }
}

/** The failure itself, or `internal` around anything else that was thrown. */
export function toFailure(thrown: unknown): Failure {
  return thrown instanceof Failure ? thrown : new Failure('internal', { cause: thrown })
}

/** What an aborted signal means: the failure it carries, or that the client left. */
export function abortFailure(signal: AbortSignal): Failure {
  const reason: unknown = signal.reason
  return reason instanceof Failure ? reason : new Failure('client-gone')
}
