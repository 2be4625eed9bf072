import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetLoads } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type Load = GetLoads['data'][number]

const LOOK_MS = 3_000
const MOST = 500

/** How the targets do now, asked again and again. */
export function useLoads(): UseQueryResult<GetLoads> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['loads'],
    queryFn: ({ signal }) => ask<GetLoads>(`/api/v1/loads?limit=${MOST}`, { signal }),
    refetchInterval: LOOK_MS,
  })
}

/** The targets of each provider, providers in the order in which they are first named. */
export function byProvider(loads: readonly Load[]): ReadonlyMap<string, readonly Load[]> {
  return Map.groupBy(
    loads.toSorted((left, right) => left.provider.localeCompare(right.provider)),
    ({ provider }) => provider,
  )
}
