import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  GetConfig,
  GetConfigTrial,
  GetConfigVersions,
  GetConfigVersionsNumber,
  PostConfigTrial,
} from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type Version = GetConfigVersions['data'][number]

export type Trial = NonNullable<GetConfigTrial['trial']>

const PAGE_ROWS = 50
const TRIAL_MS = 2_000

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

/** The version that is tried, with how both do; followed while one is. */
export function useTrial() {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['config', 'trial'],
    queryFn: ({ signal }) => ask<GetConfigTrial>('/api/v1/config/trial', { signal }),
    refetchInterval: ({ state }) => ((state.data?.trial ?? null) === null ? false : TRIAL_MS),
  })
}

/** Puts the version that is tried in force for everybody, or gives it up. */
export function useEndTrial() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (action: 'promote' | 'give-up') =>
      ask<PostConfigTrial>('/api/v1/config/trial', { method: 'POST', body: { action } }),
    onSuccess: () => queries.invalidateQueries(),
  })
}
