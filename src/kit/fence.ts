const FENCE = '```'
/** The language that stands behind the first fence: `json` anywhere, any word where a blank follows. */
const LANGUAGE = /^(?:json|[a-z]+(?=\s))/i

/**
 * What stands between the fences of Markdown where a text is nothing but one block of code; undefined where it is anything else. Linear in the
 * text, whatever it is: models are talked into writing what one pattern for all of it would take hours over.
 */
export function withinFence(text: string): string | undefined {
  const block = text.trim()
  const isFenced = block.length >= 2 * FENCE.length && block.startsWith(FENCE) && block.endsWith(FENCE)
  return isFenced ? block.slice(FENCE.length, -FENCE.length).replace(LANGUAGE, '').trim() : undefined
}
