import type { CacheMark, Extra, TextBlock } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { RequestContext } from '../dialect.ts'
import { writeObject, writeOptional } from './json-text.ts'
import { FAMILY } from './schema.ts'

/** What the encoders of a request share. */
export interface RequestWriter {
  readonly context: RequestContext
  /** Maps ids of tool calls to what the API accepts, the same for a call and its result. */
  readonly callId: (id: string) => string
}

/** True for a text that a JSON string can stand for. */
export function isPlainText(block: TextBlock): boolean {
  return block.cache === undefined && block.extra === undefined && block.citations === undefined
}

const TTLS: ReadonlySet<string> = new Set(['5m', '1h'])

/** Writes a cache mark, or the original one where it said more. A lifetime that the API does not know is left out. */
export function encodeCacheMark(
  cache: CacheMark | undefined,
  extra: Extra | undefined,
  notice: NoticeSink,
): string | undefined {
  if (cache === undefined || extra?.[FAMILY]?.['cache_control'] !== undefined) return undefined
  const { ttl } = cache
  if (ttl === undefined || TTLS.has(ttl)) {
    return writeObject({ type: '"ephemeral"', ttl: writeOptional(ttl) })
  }
  notice('cache.hint-dropped', 'ttl')
  return '{"type":"ephemeral"}'
}

/** The unknown fields of this family. */
export function ownExtra(extra: Extra | undefined): JsonObject | undefined {
  return extra?.[FAMILY]
}
