import type { Exchange } from '../../exchange/exchange.ts'
import type { CreatePlaceholders } from '../../exchange/guard.ts'
import { mapTexts, textsOf } from '../../exchange/request-texts.ts'
import type { Opinion } from '../../guardrails/opinion.ts'
import { maskText, type MaskedPlaces } from './masked-places.ts'

interface Masking {
  readonly places: MaskedPlaces
  /** Whoever may have found something. */
  readonly opinions: readonly Opinion[]
  readonly createPlaceholders: CreatePlaceholders
}

/** The exchange with a copy of its request in which something is masked; the same where nothing is. What was masked before keeps its placeholders. */
export function maskRequest(exchange: Exchange, { places, opinions, createPlaceholders }: Masking): Exchange {
  if (places.size === 0) return exchange
  const { request, caller, trail } = exchange
  const placeholders =
    exchange.placeholders ?? createPlaceholders({ owners: caller.owners, texts: () => textsOf(request) })
  const masked = mapTexts(request, (text) =>
    maskText(text, places.get(text), { placeholders, mayRestore: true }),
  )
  for (const { guardrail, hasFound, masks } of opinions)
    if (hasFound && masks) trail.noteChange('guard.masked', guardrail.name)
  return { ...exchange, placeholders, request: masked }
}
