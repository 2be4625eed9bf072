import { useQuery } from '@tanstack/react-query'
import type {
  GetPlayground,
  GetRequestsId,
  GetRequestsIdContent,
  PostPlaygroundBound,
} from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { toBody, type Settings } from './settings.ts'

export type ModelChoice = GetPlayground['models'][number]

/** What can be asked, and as whom. */
export function useChoices() {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['playground'],
    queryFn: ({ signal }) => ask<GetPlayground>('/api/v1/playground', { signal }),
  })
}

/** A request of the log, which the playground was opened from. */
export function useOrigin(request: string | undefined) {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['playground', 'origin', request],
    queryFn: ({ signal }) =>
      ask<GetRequestsId>(`/api/v1/requests/${encodeURIComponent(request ?? '')}`, { signal }),
    enabled: request !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What was said in it, where that is kept. */
export function useOriginContent(request: string | undefined) {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['playground', 'content', request],
    queryFn: ({ signal }) =>
      ask<GetRequestsIdContent>(`/api/v1/requests/${encodeURIComponent(request ?? '')}/content`, { signal }),
    enabled: request !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
}

/** The most that a request to a model may cost, as a budget would hold it. Asked again when what is asked has changed. */
export function useBound(settings: Settings, model: string) {
  const { ask } = useServices()
  const asked = toBody(settings, model)
  const body = 'body' in asked ? asked.body : undefined
  return useQuery({
    queryKey: ['playground', 'bound', body],
    queryFn: ({ signal }) =>
      ask<PostPlaygroundBound>('/api/v1/playground/bound', { method: 'POST', body, signal }),
    enabled: body !== undefined,
    placeholderData: (before) => before,
    staleTime: 30_000,
    retry: false,
  })
}
