import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetOverview } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { useFresh } from '../../app/use-live.ts'

const LOOK_MS = 30_000
/** What happens is shown no sooner than so long after what happened before. */
const FRESH_MS = 3_000

/** All that the page shows, asked again when something happens. */
export function useOverview(): UseQueryResult<GetOverview> {
  const { ask } = useServices()
  const { query } = useTimeRange()
  useFresh('overview', FRESH_MS)
  return useQuery({
    queryKey: ['overview', query],
    queryFn: ({ signal }) => ask<GetOverview>(`/api/v1/overview?${query}`, { signal }),
    refetchInterval: LOOK_MS,
    placeholderData: keepPreviousData,
  })
}
