import { Failure } from '../exchange/failure.ts'
import type { Towards } from './towards.ts'

/**
 * The limit of an answer as a provider is told it: what the client asked for, and no more than the model gives, with a notice. Less
 * than an API takes is not raised: nothing is held for more than the client asked for.
 * Throws `Failure('unsupported-feature')` for 0, which no provider of an API without a word for it can be told.
 */
export function toldLimit(limit: number, { capabilities, notice }: Towards): number {
  if (limit === 0) {
    throw new Failure('unsupported-feature', {
      param: 'max_tokens',
      message: 'The provider gives no answers without output.',
    })
  }
  const most = capabilities.maxOutputTokens ?? limit
  if (limit > most) notice('max-tokens.clamped', 'max_tokens')
  return Math.min(limit, most)
}
