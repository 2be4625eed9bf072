import type { FailureDetails } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import { detectContextOverflow, type ContextOverflow } from './context-overflow.ts'
import { isOwnCredential } from './failure-envelope.ts'
import { defined } from '../kit/defined.ts'

/** Longest message of a provider that is passed on, characters. */
const MESSAGE_CHARACTERS = 2_000

/** The words of a provider's error, as far as it has any. */
export interface ProviderWords {
  readonly message: string
  /** The title of a page that came instead of a message. */
  readonly title?: string
  /** The numbers of an overflow that did not stand in the message. */
  readonly overflow?: ContextOverflow
}

/**
 * What a failure may say of a provider's words: the message itself, shortened, and the numbers of an overflow.
 * A message about our own credential stays inside the house, because it may quote the credential.
 */
export function describeProviderError(
  code: FailureCode,
  words: ProviderWords,
): Pick<FailureDetails, 'message' | 'overflow'> {
  const message = words.message === '' ? (words.title ?? '') : words.message
  const overflow =
    code === 'context-overflow' ? { ...words.overflow, ...detectContextOverflow(message) } : undefined
  return {
    ...(message === '' || isOwnCredential(code) ? {} : { message: message.slice(0, MESSAGE_CHARACTERS) }),
    ...defined({ overflow }),
  }
}
