import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GetDrills, PostRehearsals } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type DrillLine = GetDrills['data'][number]
export type Report = GetDrills['reports'][number]

const LIST = ['drills'] as const
const LOOK_MS = 1_000

/** The drills, and what came of them; looked at again and again while one runs. */
export function useDrills() {
  const { ask } = useServices()
  return useQuery({
    queryKey: LIST,
    queryFn: ({ signal }) => ask<GetDrills>('/api/v1/drills', { signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.data.some(({ state }) => state !== 'idle') === true ? LOOK_MS : false,
  })
}

/** Has a drill of the configuration run. */
export function useRunDrill() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (name: string) =>
      ask(`/api/v1/drills/${encodeURIComponent(name)}`, { method: 'POST', body: {} }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
  })
}

/** Rehearses the outage of a provider. */
export function useRehearsal() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { readonly provider: string; readonly fault: string }) =>
      ask<PostRehearsals>('/api/v1/rehearsals', { method: 'POST', body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
  })
}
