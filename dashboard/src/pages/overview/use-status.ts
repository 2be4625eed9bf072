import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetStatusz, GetUsage } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import type { Range } from './range.ts'

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

/** What was used in a time, by model or by day. */
export function useUsage(by: 'model' | 'day', range: Range): UseQueryResult<GetUsage> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['usage', by, range],
    queryFn: ({ signal }) => ask<GetUsage>(`/api/v1/usage?by=${by}&from=${range}&limit=100`, { signal }),
    refetchInterval: COUNT_MS,
  })
}
