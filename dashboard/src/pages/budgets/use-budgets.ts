import {
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import type { DeleteTopUpsId, GetBudgets, PostTopUps } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type Budget = GetBudgets['data'][number]
export type TopUp = GetBudgets['top_ups'][number]

const LOOK_MS = 10_000
const LIST = ['budgets'] as const

/** Every budget, one of them from near, and who is held back. */
export function useBudgets(focus: string | undefined): UseQueryResult<GetBudgets> {
  const { ask } = useServices()
  const query = focus === undefined ? '' : `?${new URLSearchParams({ focus })}`
  return useQuery({
    queryKey: [...LIST, focus],
    queryFn: ({ signal }) => ask<GetBudgets>(`/api/v1/budgets${query}`, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: LOOK_MS,
  })
}

/** What a budget is raised with. */
export interface Raise {
  readonly scope: string
  readonly owner: string
  readonly per: string
  readonly usd: number
  readonly until: string
  readonly reason: string
  readonly by?: string
}

/** Raises a budget until a day. */
export function useRaise() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Raise) => ask<PostTopUps>('/api/v1/top-ups', { method: 'POST', body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
  })
}

/** Ends what was added to a budget. */
export function useEndTopUp() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      ask<DeleteTopUpsId>(`/api/v1/top-ups/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
  })
}
