import type { Flights } from '../../caching/flights.ts'
import type { CacheStep } from '../../exchange/cache.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import type { AnswerCache } from '../../store/answer-cache.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** What the cache works with. */
export interface CachingParts {
  readonly answers: AnswerCache
  /** Calls under way, of all plans. */
  readonly flights: Flights
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Takes down what came of an exchange at the cache. */
export function noteCache(
  { telemetry }: Pick<CachingParts, 'telemetry'>,
  exchange: Exchange,
  came: Omit<CacheStep, 'step'>,
): void {
  const { outcome, ageMs } = came
  // The answer to a similar question was given, and that is told already.
  if (exchange.trail.cache?.outcome === 'semantic') return
  exchange.trail.cache = { outcome, ...defined({ ageMs }) }
  exchange.trail.decide({ step: 'cache', ...came })
  telemetry.count('gatehouse_cache_requests_total', { route: exchange.route?.name ?? '', outcome })
}
