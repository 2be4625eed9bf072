import { useEffect } from 'react'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GetRequests, GetRequestsId } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { useFresh } from '../../app/use-live.ts'
import { listPath } from './filters.ts'

export type RequestLine = GetRequests['data'][number]

const PAGE_ROWS = 50
const LOOK_MS = 1_000
/** Whoever has gone further down reads, and nothing moves under the eyes. */
const NEAR_TOP_PX = 200

/** The list as it stood when it was opened, older pages behind it, and how many have come since. */
export interface RequestList {
  readonly rows: readonly RequestLine[]
  readonly isPending: boolean
  readonly error: unknown
  readonly hasOlder: boolean
  readonly isLoadingOlder: boolean
  readonly loadOlder: () => void
  /** How far back was looked, where there was more to look at than may be at once. */
  readonly lookedBackTo: string | undefined
  /** Requests that are not shown yet. */
  readonly fresh: number
  /** There are more of them than one page. */
  readonly isMore: boolean
  readonly showFresh: () => void
  readonly retry: () => void
}

/** Reads the list page by page; looks for new rows and lets them wait, so that nothing moves under the pointer, unless they are followed. */
export function useRequests(q: string | undefined, isFollowing: boolean): RequestList {
  const { ask } = useServices()
  const queries = useQueryClient()
  const { query: time } = useTimeRange()
  const key = ['requests', q, time]
  useFresh('newest', LOOK_MS)
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      ask<GetRequests>(
        listPath(q, { limit: PAGE_ROWS, time, ...(pageParam === '' ? {} : { after: pageParam }) }),
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }: GetRequests) => next,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
  const newest = useQuery({
    queryKey: ['newest', q, time],
    queryFn: ({ signal }) => ask<GetRequests>(listPath(q, { limit: PAGE_ROWS, time }), { signal }),
    enabled: list.isSuccess,
  })
  const rows = list.data?.pages.flatMap(({ data }) => data) ?? []
  const shown = new Set(rows.map(({ id }) => id))
  const fresh = list.isPlaceholderData ? [] : (newest.data?.data ?? []).filter(({ id }) => !shown.has(id))
  const { refetch } = list
  const isDue = isFollowing && fresh.length > 0
  useEffect(() => {
    if (isDue && globalThis.scrollY < NEAR_TOP_PX) void refetch()
  }, [isDue, refetch])
  return {
    rows,
    isPending: list.isPending,
    error: list.error ?? undefined,
    hasOlder: list.hasNextPage,
    isLoadingOlder: list.isFetchingNextPage,
    loadOlder: () => void list.fetchNextPage(),
    lookedBackTo: list.data?.pages.at(-1)?.looked_at?.back_to,
    fresh: fresh.length,
    isMore: fresh.length === PAGE_ROWS,
    showFresh: () => void queries.resetQueries({ queryKey: key, exact: true }),
    retry: () => void list.refetch(),
  }
}

/** One request with everything that is kept of it. */
export function useRequest(id: string): {
  readonly data: GetRequestsId | undefined
  readonly error: unknown
  readonly refetch: () => unknown
} {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['request', id],
    queryFn: ({ signal }) => ask<GetRequestsId>(`/api/v1/requests/${encodeURIComponent(id)}`, { signal }),
  })
}
