import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GetViews } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type SavedView = GetViews['data'][number]

const KEY = ['views']

/** Queries that are kept under a name in the house, for everybody. */
export function useViews() {
  const { ask } = useServices()
  return useQuery({ queryKey: KEY, queryFn: ({ signal }) => ask<GetViews>('/api/v1/views', { signal }) })
}

/** Keeps a query under a name, or forgets a name where there is no query. */
export function useSaveView() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, q }: { readonly name: string; readonly q?: string }) =>
      ask<unknown>(
        `/api/v1/views/${encodeURIComponent(name)}`,
        q === undefined ? { method: 'DELETE' } : { method: 'PUT', body: { q } },
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
  })
}
