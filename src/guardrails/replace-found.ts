import { byPlace, type Found } from './looker.ts'

/**
 * The text with something else in the place of what was found: of two places that overlap, the one that begins first stands for both,
 * then the longer one. The same text where nothing was found.
 */
export function replaceFound<Place extends Found>(
  text: string,
  found: readonly Place[],
  put: (place: Place) => string,
): string {
  if (found.length === 0) return text
  let written = ''
  let at = 0
  for (const place of found.toSorted(byPlace)) {
    const { start, end } = place
    if (end <= at) continue
    if (start >= at) written += text.slice(at, start) + put(place)
    at = end
  }
  return written + text.slice(at)
}
