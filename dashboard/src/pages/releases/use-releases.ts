import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { GetConfig, GetConfigVersions, GetConfigVersionsNumber } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type Version = GetConfigVersions['data'][number]

const PAGE_ROWS = 50

/** The versions of the configuration, newest first, page by page. */
export function useVersions() {
  const { ask } = useServices()
  return useInfiniteQuery({
    queryKey: ['config', 'versions'],
    queryFn: ({ pageParam, signal }) =>
      ask<GetConfigVersions>(
        `/api/v1/config/versions?${new URLSearchParams({ limit: String(PAGE_ROWS), ...(pageParam === '' ? {} : { after: pageParam }) })}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }: GetConfigVersions) => next,
  })
}

/** One version with its documents, and what going back to it would change. */
export function useVersion(number: number | undefined) {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['config', 'version', number],
    queryFn: ({ signal }) => ask<GetConfigVersionsNumber>(`/api/v1/config/versions/${number}`, { signal }),
    enabled: number !== undefined,
  })
}

/** The configuration in force. */
export function useConfig() {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['config', 'now'],
    queryFn: ({ signal }) => ask<GetConfig>('/api/v1/config', { signal }),
  })
}
