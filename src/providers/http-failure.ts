import type { Clock } from '../kit/clock.ts'
import type { HttpResponse } from '../kit/http-client.ts'
import { HttpError, type HttpErrorKind } from '../kit/http-error.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { Failure } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import { isCoded } from './inbound-headers.ts'
import type { Watchdog } from './watchdog.ts'

const NO_BODY = new Uint8Array(0)

const BEFORE_HEAD: Readonly<Record<HttpErrorKind, FailureCode>> = {
  'connect-failed': 'connect-failed',
  'connect-timeout': 'connect-timeout',
  'first-byte-timeout': 'first-byte-timeout',
  'stale-connection': 'stale-connection',
  'connection-reset': 'connection-reset',
  'body-too-large': 'response-too-large',
  'destination-forbidden': 'destination-forbidden',
  aborted: 'connection-reset',
}

/**
 * The failure behind a call that gave no head. A call that the watchdog stopped failed for the watchdog's reason,
 * whatever the client of HTTP says about it.
 */
export function failureBeforeHead(thrown: unknown, watchdog: Watchdog): Failure {
  if (watchdog.reason !== undefined) return watchdog.reason
  if (thrown instanceof HttpError) return new Failure(BEFORE_HEAD[thrown.kind], { cause: thrown })
  return new Failure('internal', { cause: thrown })
}

/** The failure behind a body that broke off: after the head nothing can be sent again, so a lost connection is a truncation. */
export function failureInBody(thrown: unknown, watchdog: Watchdog): Failure {
  if (watchdog.reason !== undefined) return watchdog.reason
  if (!(thrown instanceof HttpError)) return new Failure('internal', { cause: thrown })
  const code = thrown.kind === 'body-too-large' ? 'response-too-large' : 'stream-truncated'
  return new Failure(code, { cause: thrown })
}

/**
 * Reads an error response, at most `LIMITS.errorBodyBytes` of it, and lets the dialect say what it means.
 * A body that stalls or breaks off counts as far as it came, one that is coded not at all: the status has been told already.
 */
export async function readErrorResponse(
  response: HttpResponse,
  dialect: Dialect,
  { clock, watchdog }: { readonly clock: Clock; readonly watchdog: Watchdog },
): Promise<Failure> {
  const { status, headers } = response
  const body = isCoded(headers) ? NO_BODY : await readBounded(response, watchdog)
  if (body === NO_BODY) response.cancel()
  const failure = dialect.decodeFailure({ status, headers, body, nowMs: clock.nowMs() })
  if (failure.details.upstream !== undefined) return failure
  return new Failure(failure.code, { ...failure.details, upstream: { status, family: dialect.family, body } })
}

async function readBounded(response: HttpResponse, watchdog: Watchdog): Promise<Uint8Array> {
  const body = new Uint8Array(LIMITS.errorBodyBytes)
  let length = 0
  watchdog.hurry(LIMITS.errorBodyMs)
  try {
    while (length < body.length) {
      watchdog.reading()
      const bytes = await response.read()
      if (bytes === undefined) return body.slice(0, length)
      watchdog.received(false)
      body.set(bytes.subarray(0, body.length - length), length)
      length += Math.min(bytes.length, body.length - length)
    }
  } catch {
    // What arrived is what there is to judge by.
  }
  response.cancel()
  return body.slice(0, length)
}
