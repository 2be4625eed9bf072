import { useMutation, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { GetRequestsId, PostRequestsIdFeedback } from '../../api/answers.ts'
import { asProblem } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'

const INCLUDE = 'receipt,replay,flips,neighbours,curl'
/** A line is written a moment after its request: one that is not there is looked for again so often, and so soon. */
const LOOKS = 4
const LOOK_MS = 1_000

/** One request with all that the page shows of it, in one answer; its neighbours are those of the list that one came from. */
export function useView(id: string): UseQueryResult<GetRequestsId> {
  const { ask } = useServices()
  const { q } = useSearch({ from: '/requests/$id' })
  const { query: time } = useTimeRange()
  return useQuery({
    queryKey: ['request-view', id, q, time],
    queryFn: ({ signal }) => {
      const asked = new URLSearchParams(time)
      asked.set('include', INCLUDE)
      if (q !== undefined) asked.set('q', q)
      return ask<GetRequestsId>(`/api/v1/requests/${encodeURIComponent(id)}?${asked}`, { signal })
    },
    retry: false,
    refetchInterval: ({ state }) =>
      isMissing(state.error) && state.errorUpdateCount < LOOKS ? LOOK_MS : false,
  })
}

/** Is it so that there is no such request? */
export function isMissing(error: unknown): boolean {
  return error !== null && error !== undefined && asProblem(error).facts.status === 404
}

/** Goes to the requests beside this one, also by `k` and `j`, and stays at the tab that is shown. */
export function useNeighbours({ newer, older }: NonNullable<GetRequestsId['neighbours']> = {}): {
  readonly toNewer: (() => void) | undefined
  readonly toOlder: (() => void) | undefined
} {
  const navigate = useNavigate({ from: '/requests/$id' })
  const to = (id: string | undefined): (() => void) | undefined =>
    id === undefined
      ? undefined
      : () =>
          void navigate({
            to: '/requests/$id',
            params: { id },
            search: (before) => before,
            resetScroll: false,
          })
  const [toNewer, toOlder] = [to(newer), to(older)]
  useShortcuts({ k: toNewer, j: toOlder })
  return { toNewer, toOlder }
}

/** Says what the operator thinks of an answer. */
export function useFeedback(id: string) {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (score: 'up' | 'down') =>
      ask<PostRequestsIdFeedback>(`/api/v1/requests/${encodeURIComponent(id)}/feedback`, {
        method: 'POST',
        body: { score, by: 'dashboard' },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['request-view', id] }),
  })
}
