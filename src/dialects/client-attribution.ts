import type { NoticeSink } from '../exchange/notice.ts'
import type { Quirks } from '../exchange/target.ts'

/**
 * How a coding agent's attribution line in the system prompt begins. Its hash may change with every request; the
 * vendor's own service takes the line out before caching, everybody else would see a new prompt each time and
 * never hit a prompt cache.
 */
const ATTRIBUTION_PREFIX = 'x-anthropic-billing-header:'

/** What the decision needs to know of the target. */
interface Target {
  readonly quirks: Quirks
  readonly notice: NoticeSink
}

/** True where a system prompt, as blocks or as wire segments, holds a client's attribution line that this target must not see. */
export function holdsAttribution(parts: readonly unknown[], quirks: Quirks): boolean {
  if (quirks.keepAttribution === true) return false
  for (const part of parts) if (isAttribution(part)) return true
  return false
}

/** A system prompt without a client's attribution line; a part that held nothing else goes with it. */
export function withoutAttribution<Part>(
  parts: readonly Part[],
  { quirks, notice }: Target,
): readonly Part[] {
  if (!holdsAttribution(parts, quirks)) return parts
  notice('attribution.stripped', 'system')
  return parts.flatMap((part): readonly Part[] => {
    if (!isAttribution(part)) return [part]
    const text = textBelow(part.text)
    return text === '' ? [] : [{ ...part, text }]
  })
}

/** The line stands at the head of a text and is usually its only content. */
function isAttribution<Part>(part: Part): part is Part & { readonly text: string } {
  if (typeof part !== 'object' || part === null || !('text' in part)) return false
  return typeof part.text === 'string' && part.text.trimStart().startsWith(ATTRIBUTION_PREFIX)
}

function textBelow(text: string): string {
  const lineEnd = text.indexOf('\n', text.indexOf(ATTRIBUTION_PREFIX))
  return lineEnd < 0 ? '' : text.slice(lineEnd + 1).trimStart()
}
