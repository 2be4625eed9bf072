import { Flights } from '../caching/flights.ts'
import { LIMITS } from '../kit/limits.ts'
import type { CachingParts } from '../policies/cache/cache-answers.ts'
import { createMemoryAnswers } from '../store/memory/answers.ts'
import type { Foundation } from './foundation.ts'

/** Opens the cache of answers, in the memory of this process. */
export function openCaching({ clock, telemetry }: Pick<Foundation, 'clock' | 'telemetry'>): CachingParts {
  const answers = createMemoryAnswers(LIMITS.cacheBytes)
  telemetry.gauge('gatehouse_cache_entries', () => answers.size)
  telemetry.gauge('gatehouse_cache_bytes', () => answers.bytes)
  return { answers, flights: new Flights(), clock, telemetry }
}
