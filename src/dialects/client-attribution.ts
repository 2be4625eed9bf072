/**
 * How a coding agent's attribution line in the system prompt begins. Its hash may change with every request; the
 * vendor's own service takes the line out before caching, everybody else would see a new prompt each time and
 * never hit a prompt cache.
 */
export const ATTRIBUTION_PREFIX = 'x-anthropic-billing-header:'

/** True for a system text that is only a client's attribution line. */
export function isClientAttribution(text: string): boolean {
  return text.trimStart().startsWith(ATTRIBUTION_PREFIX)
}
