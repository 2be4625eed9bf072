import type { CacheMark } from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { Towards } from '../towards.ts'
import type { ReasoningPlan } from './plan-reasoning.ts'

/** A request on its way to a provider of Messages. */
export interface ToMessages extends Towards {
  readonly plan: ReasoningPlan
  /** Takes what the system prompt has to ask for, because no field can. */
  readonly sentences: string[]
}

const TTLS: ReadonlySet<string> = new Set(['5m', '1h'])

/** A cache mark as the API takes it. A lifetime that it does not know is left out. */
export function toCacheControl({ ttl }: CacheMark, notice: NoticeSink): JsonObject {
  if (ttl === undefined) return EPHEMERAL
  if (TTLS.has(ttl)) return { type: 'ephemeral', ttl }
  notice('cache.hint-dropped', 'ttl')
  return EPHEMERAL
}

const EPHEMERAL: JsonObject = { type: 'ephemeral' }
