import { useQuery } from '@tanstack/react-query'
import type { GetSessions, GetSessionsId } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

export type SessionLine = GetSessions['data'][number]

const MOST = '200'

/** The sessions of the time of the page. */
export function useSessions() {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['sessions', query],
    queryFn: ({ signal }) => ask<GetSessions>(`/api/v1/sessions?limit=${MOST}&${query}`, { signal }),
    placeholderData: (before) => before,
  })
}

/** One session with its requests. */
export function useSession(id: string) {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['sessions', 'one', id],
    queryFn: ({ signal }) =>
      ask<GetSessionsId>(`/api/v1/sessions/one?${new URLSearchParams({ id })}`, { signal }),
  })
}
