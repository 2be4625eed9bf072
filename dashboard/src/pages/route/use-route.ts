import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  GetRoutesName,
  PostConfigCheck,
  PostConfigVersionsNumberRollBack,
  PutConfigObjectsSectionName,
} from '../../api/answers.ts'
import { asProblem } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

export type RouteFacts = GetRoutesName
export type Checked = PostConfigCheck

/** One route; nothing where there is none of this name yet. */
export function useRoute(name: string) {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['routes', name, query],
    queryFn: async ({ signal }) => {
      try {
        return await ask<GetRoutesName>(`/api/v1/routes/${encodeURIComponent(name)}?${query}`, { signal })
      } catch (thrown) {
        if (asProblem(thrown).facts.status === 404) return null
        throw thrown
      }
    },
    placeholderData: keepPreviousData,
  })
}

/** What a draft would change, and what it would have made of the newest requests. */
export function useCheck(
  draft: { readonly name: string; readonly yaml: string; readonly last: number },
  isAsked: boolean,
) {
  const { ask } = useServices()
  const { name, yaml, last } = draft
  return useQuery({
    queryKey: ['check', name, last, yaml],
    queryFn: ({ signal }) =>
      ask<PostConfigCheck>('/api/v1/config/check', {
        method: 'POST',
        body: { section: 'routes', name, yaml, last },
        signal,
      }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** A draft that is to be a version. */
export interface NewVersion {
  readonly yaml: string
  readonly comment: string
  /** Per cent of the requests that it is tried on first; absent: it is in force for everybody. */
  readonly share: number | undefined
}

/** Puts a draft in force as a new version, or has it tried. */
export function useApply(name: string) {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ yaml, comment, share }: NewVersion) =>
      ask<PutConfigObjectsSectionName>(`/api/v1/config/objects/routes/${encodeURIComponent(name)}`, {
        method: 'PUT',
        body: {
          yaml,
          ...(comment === '' ? {} : { comment }),
          ...(share === undefined ? {} : { trial: { share } }),
        },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['routes'] }),
  })
}

/** Puts an earlier version in force again. */
export function useRollBack() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (number: number) =>
      ask<PostConfigVersionsNumberRollBack>(`/api/v1/config/versions/${number}/roll-back`, {
        method: 'POST',
        body: {},
      }),
    onSuccess: () => queries.invalidateQueries(),
  })
}
