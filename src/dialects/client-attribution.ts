/**
 * How a coding agent's attribution line in the system prompt begins. Its hash may change with every request; the
 * vendor's own service takes the line out before caching, everybody else would see a new prompt each time and
 * never hit a prompt cache.
 */
const ATTRIBUTION_PREFIX = 'x-anthropic-billing-header:'

/** True for a system text that begins with a client's attribution line, usually its only content. */
export function isClientAttribution(text: string): boolean {
  return text.trimStart().startsWith(ATTRIBUTION_PREFIX)
}

/** The text without a client's attribution line at its head; empty when it was nothing else. */
export function withoutAttribution(text: string): string {
  if (!isClientAttribution(text)) return text
  const lineEnd = text.indexOf('\n', text.indexOf(ATTRIBUTION_PREFIX))
  return lineEnd < 0 ? '' : text.slice(lineEnd + 1).trimStart()
}
