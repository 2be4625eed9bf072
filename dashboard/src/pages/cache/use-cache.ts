import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GetCache, GetSeries, PostCachePurge } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

export type Cache = GetCache
export type CachedRoute = GetCache['routes'][number]
export type CachedAnswer = GetCache['data'][number]

/** Which answers are to go. */
export interface Purge {
  readonly key?: string
  readonly route?: string
  readonly all?: true
}

/** What came of requests at the cache, in the order in which it is drawn. */
export const OUTCOMES = [
  { measure: 'cache_hits', name: 'hit', colour: 'var(--good-mark)' },
  { measure: 'cache_similar', name: 'semantic', colour: 'var(--cat-3)' },
  { measure: 'cache_coalesced', name: 'coalesced', colour: 'var(--cat-2)' },
  { measure: 'cache_stale', name: 'stale', colour: 'var(--warn-mark)' },
  { measure: 'cache_misses', name: 'miss', colour: 'var(--cat-1)' },
  { measure: 'cache_bypassed', name: 'not looked for', colour: 'var(--cat-other)' },
] as const

/** What the cache holds, and did in the time of the page. */
export function useCache() {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['cache', query],
    queryFn: ({ signal }) => ask<GetCache>(`/api/v1/cache?${query}&limit=50`, { signal }),
    placeholderData: (before) => before,
  })
}

/** The same over time. */
export function useCacheSeries() {
  const { ask } = useServices()
  const { query } = useTimeRange()
  const measures = OUTCOMES.map(({ measure }) => measure).join(',')
  return useQuery({
    queryKey: ['cache', 'series', query],
    queryFn: ({ signal }) => ask<GetSeries>(`/api/v1/series?measure=${measures}&${query}`, { signal }),
    placeholderData: (before) => before,
  })
}

/** Removes answers. */
export function usePurge() {
  const { ask } = useServices()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: Purge) => ask<PostCachePurge>('/api/v1/cache/purge', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['cache'] }),
  })
}
