import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetStatusz } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

const LOOK_MS = 5_000

/** How the gateway does, asked again and again. */
export function useStatus(): UseQueryResult<GetStatusz> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => ask<GetStatusz>('/statusz', { signal }),
    refetchInterval: LOOK_MS,
  })
}
