import { defined } from '../kit/defined.ts'
import type { Made } from './change.ts'
import type { Decided } from './decide-again.ts'
import { withRest } from './vary.ts'

/** What would become of a request if a provider did not answer from now on. */
export interface Outage {
  readonly provider: string
  /** Targets that are asked in vain as long as nobody knows, in order. */
  readonly inVain: readonly string[]
  /** Who answers behind them; absent where nobody does within the attempts that the route has. */
  readonly answers?: string
  /** The decision once it is known: everything at the provider rests. */
  readonly afterwards: Decided
  /** Are all that would be asked then at the provider? The least bad of them is tried rather than nobody. */
  readonly isAlone: boolean
}

/** Decides again without a provider. */
export function outageOf({ decide, imagined, decided }: Made, provider: string): Outage {
  const { candidates, route } = decided
  const isMeant = (target: { readonly provider: string }): boolean => target.provider === provider
  const most = imagined.requestOptions.noFallback === true ? 1 : (route?.maxAttempts ?? 0)
  const asked = candidates.slice(0, most).map(({ target }) => target)
  const at = asked.findIndex((target) => !isMeant(target))
  const afterwards = decide(withRest(imagined, isMeant))
  return {
    provider,
    inVain: asked.slice(0, at < 0 ? asked.length : at).map(({ id }) => id),
    ...defined({ answers: asked[at]?.id }),
    afterwards,
    isAlone: afterwards.candidates.length > 0 && afterwards.candidates.every(({ target }) => isMeant(target)),
  }
}
