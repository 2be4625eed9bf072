import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetLoads, GetOutages, GetSeries } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

export type Load = GetLoads['data'][number]

const LOOK_MS = 3_000
const PAST_MS = 30_000
const MOST = 500
const SHOWN = 50

/** How the targets do now, asked again and again. */
export function useLoads(): UseQueryResult<GetLoads> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['loads'],
    queryFn: ({ signal }) => ask<GetLoads>(`/api/v1/loads?limit=${MOST}`, { signal }),
    refetchInterval: LOOK_MS,
  })
}

/** How they did in the time of the page. */
export function usePast(): UseQueryResult<GetSeries> {
  const { ask } = useServices()
  const { query } = useTimeRange()
  const path = `/api/v1/series?measure=attempts,failed_attempts,ttft_p95&by=target&names=${SHOWN}&${query}`
  return useQuery({
    queryKey: ['targets', query],
    queryFn: ({ signal }) => ask<GetSeries>(path, { signal }),
    refetchInterval: PAST_MS,
    placeholderData: keepPreviousData,
  })
}

/** What would become of the newest requests without a provider. */
export function useOutage(provider: string | undefined): UseQueryResult<GetOutages> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['outage', provider],
    queryFn: ({ signal }) =>
      ask<GetOutages>(`/api/v1/outages?provider=${encodeURIComponent(provider ?? '')}`, { signal }),
    enabled: provider !== undefined,
    staleTime: PAST_MS,
  })
}
