import { useQuery } from '@tanstack/react-query'
import type { GetRoutes } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

export type RouteLine = GetRoutes['data'][number]

/** The routes with what came of them in the time of the page. */
export function useRoutes() {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['routes', query],
    queryFn: ({ signal }) => ask<GetRoutes>(`/api/v1/routes?${query}`, { signal }),
    placeholderData: (before) => before,
  })
}
