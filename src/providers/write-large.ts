import type { Attempt } from '../exchange/exchange.ts'
import { abortFailure } from '../exchange/failure.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { encodeTextInSteps } from '../kit/text-steps.ts'

/**
 * Makes bytes of a large body, and lets others have their turn after every step, before the first and behind the last: composing
 * a body, writing it as bytes and handing it to the client of HTTP take milliseconds each, in which nothing else goes on.
 * Rejects with the failure of an attempt that is over meanwhile.
 */
export async function writeLarge(
  body: Uint8Array | string,
  { signal }: Pick<Attempt, 'signal'>,
  clock: Clock,
): Promise<Uint8Array> {
  const steps = bytesOf(body)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
    await new Promise<void>((resolve) => clock.after(0, resolve))
    if (signal.aborted) throw abortFailure(signal)
  }
}

function* bytesOf(body: Uint8Array | string): Generator<void, Uint8Array> {
  yield
  if (typeof body !== 'string') return body
  const bytes = yield* encodeTextInSteps(body, LIMITS.bodyPieceBytes)
  yield
  return bytes
}
