import type { FailureDetails } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import { detectContextOverflow } from './context-overflow.ts'
import { isOwnCredential } from './failure-envelope.ts'

/** Longest message of a provider that is passed on, characters. */
const MESSAGE_CHARACTERS = 2_000

/**
 * What a failure may say of a provider's message: the message itself, shortened, and the numbers of an overflow.
 * A message about our own credential stays inside the house, because it may quote the credential.
 */
export function describeProviderError(
  code: FailureCode,
  message: string,
): Pick<FailureDetails, 'message' | 'overflow'> {
  const overflow = code === 'context-overflow' ? detectContextOverflow(message) : undefined
  return {
    ...(message === '' || isOwnCredential(code) ? {} : { message: message.slice(0, MESSAGE_CHARACTERS) }),
    ...(overflow === undefined ? {} : { overflow }),
  }
}
