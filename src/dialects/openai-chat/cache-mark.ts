import type { CacheMark } from '../../exchange/content.ts'
import { isObject, readString, type JsonObject } from '../../kit/json.ts'

/** The cache mark of a part or tool: `cache_control`, or this family's `prompt_cache_breakpoint`. */
export function markOf(part: JsonObject): { cache?: CacheMark } {
  const mark = part['cache_control'] ?? part['prompt_cache_breakpoint']
  if (!isObject(mark)) return NO_MARK
  const ttl = readString(mark, 'ttl')
  return { cache: ttl === undefined ? {} : { ttl } }
}

const NO_MARK: { cache?: CacheMark } = {}
