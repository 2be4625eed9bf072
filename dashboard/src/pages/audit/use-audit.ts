import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { GetAudit, GetAuditState } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

const PAGE_ROWS = 50
const FRESH_MS = 10_000

export type Entry = GetAudit['data'][number]

/** Which entries are shown. */
export interface AuditSearch {
  readonly actor?: string | undefined
  readonly subject?: string | undefined
}

/** What was done, the newest first, page by page. */
export function useAudit({ actor, subject }: AuditSearch) {
  const { ask } = useServices()
  return useInfiniteQuery({
    queryKey: ['audit', actor, subject],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS) })
      if (actor !== undefined) query.set('actor', actor)
      if (subject !== undefined) query.set('subject', subject)
      if (pageParam !== '') query.set('after', pageParam)
      return ask<GetAudit>(`/api/v1/audit?${query}`, { signal })
    },
    initialPageParam: '',
    getNextPageParam: ({ next }: GetAudit) => next,
    placeholderData: keepPreviousData,
    refetchInterval: FRESH_MS,
  })
}

/** Whether the chain is whole. */
export function useAuditState() {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['audit-state'],
    queryFn: ({ signal }) => ask<GetAuditState>('/api/v1/audit/state', { signal }),
    refetchInterval: 60_000,
  })
}
