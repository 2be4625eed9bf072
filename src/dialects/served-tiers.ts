import type { ChatRequest } from '../exchange/chat.ts'
import { LEFT_OPEN, type Quirks } from '../exchange/target.ts'

/** Tiers of service by the words that many providers have for them. */
export const SERVICE_TIERS = [
  'auto',
  'default',
  'flex',
  'scale',
  'priority',
  'fast',
  'ultrafast',
  'on_demand',
  'performance',
] as const

/** Words for service at the usual price, in requests and in answers of any provider. */
const USUAL: ReadonlySet<string> = new Set([
  'default',
  'standard',
  'standard_only',
  'on_demand',
  'global',
  'not_available',
])

/** Stands for service that was asked for at another price, when the answer does not tell whether it was given. */
const UNTOLD = 'untold'

/** One thing by which a provider's price may differ, as it was asked for and as the answer tells it. */
export interface ServiceWord {
  readonly asked?: string | undefined
  readonly told?: string | undefined
}

/** The tier that a provider was asked for: a wish that it is not told of asks for nothing. */
export function askedTier(
  { serviceTier }: Pick<ChatRequest, 'serviceTier'>,
  { dropParams }: Quirks,
): string | undefined {
  return dropParams?.includes('service_tier') === true ? undefined : serviceTier
}

/** True for a word that asks for service at another price than the usual one, or lets the provider choose it. */
export function asksForTier(word: string): boolean {
  return !USUAL.has(word)
}

/**
 * What an answer tells of service at another price than the usual one, in the provider's words; undefined for the usual one. What
 * was served decides, not what was asked for: only where the answer is silent is an unusual wish remembered as `untold`, which has
 * no price.
 */
export function servedTiers(words: readonly ServiceWord[]): readonly string[] | undefined {
  let served: string[] | undefined
  for (const { asked, told = '' } of words) {
    // That it was left open tells nothing.
    const isTold = told !== '' && told !== LEFT_OPEN
    const isUnusual = isTold
      ? !USUAL.has(told)
      : asked !== undefined && asked !== LEFT_OPEN && !USUAL.has(asked)
    if (isUnusual) (served ??= []).push(isTold ? told : UNTOLD)
  }
  return served
}
