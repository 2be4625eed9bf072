import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetSeries, GetStatusz, GetUsage } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

const LOOK_MS = 5_000
const COUNT_MS = 15_000

/** How the gateway does, asked again and again. */
export function useStatus(): UseQueryResult<GetStatusz> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => ask<GetStatusz>('/statusz', { signal }),
    refetchInterval: LOOK_MS,
  })
}

/** What was used in the time of the page, by model. */
export function useUsage(): UseQueryResult<GetUsage> {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['usage', query],
    queryFn: ({ signal }) => ask<GetUsage>(`/api/v1/usage?by=model&${query}&limit=100`, { signal }),
    refetchInterval: COUNT_MS,
    placeholderData: keepPreviousData,
  })
}

const MEASURES = 'requests,ok,gone,client_errors,gateway_errors,provider_errors,attempts'

/** Requests over the time of the page. */
export function useTraffic(): UseQueryResult<GetSeries> {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['traffic', query],
    queryFn: ({ signal }) => ask<GetSeries>(`/api/v1/series?measure=${MEASURES}&${query}`, { signal }),
    placeholderData: keepPreviousData,
  })
}

const SHOWN = 20

/** What was spent over the time of the page, by target. */
export function useSpend(): UseQueryResult<GetSeries> {
  const { ask } = useServices()
  const { query } = useTimeRange()
  const path = `/api/v1/series?measure=cost,simulated_cost&by=target&names=${SHOWN}&${query}`
  return useQuery({
    queryKey: ['traffic', 'spend', query],
    queryFn: ({ signal }) => ask<GetSeries>(path, { signal }),
    placeholderData: keepPreviousData,
  })
}
