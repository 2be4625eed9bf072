import type { Placeholders } from '../../exchange/guard.ts'
import { nameInPlaceholder, type CheckOpinion } from '../../guardrails/check-opinion.ts'
import { toMasked } from '../../guardrails/guardrail.ts'
import type { MaskedPlace } from '../../guardrails/held-text.ts'
import { replaceFound } from '../../guardrails/replace-found.ts'

/** Places that are to be masked, by the text. */
export type MaskedPlaces = ReadonlyMap<string, readonly MaskedPlace[]>

/** What checks want masked. */
export function placesOf(opinions: readonly CheckOpinion[]): MaskedPlaces {
  const places = new Map<string, MaskedPlace[]>()
  for (const eye of opinions) {
    if (!eye.masks) continue
    for (const [text, found] of eye.places) {
      const named = found.map(({ name, start, end }) => ({ name: nameInPlaceholder(name), start, end, eye }))
      places.set(text, [...(places.get(text) ?? []), ...named])
    }
  }
  return places
}

/**
 * A text with something masked in it.
 *
 * @param mayRestore false where nothing is put back of it, whatever guardrails say: what an answer brings along is not put back in it
 */
export function maskText(
  text: string,
  places: readonly MaskedPlace[] | undefined,
  { placeholders, mayRestore }: { readonly placeholders: Placeholders; readonly mayRestore: boolean },
): string {
  if (places === undefined) return text
  return replaceFound(text, places, ({ start, end, name, eye: { guardrail } }) => {
    const masked = toMasked({ guardrail, name, value: text.slice(start, end) })
    return placeholders.put({ ...masked, restore: masked.restore && mayRestore })
  })
}
