import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GetSimilarAnswers, PostSimilarAnswersId } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type SimilarRoute = GetSimilarAnswers['data'][number]

/** Where similar answers are given, and what was found of them; fresh as the rest of the page is. */
export function useSimilar() {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['cache', 'similar'],
    queryFn: ({ signal }) => ask<GetSimilarAnswers>('/api/v1/similar-answers', { signal }),
    placeholderData: (before) => before,
  })
}

/** Forgets what was learned of a route, or a step of one. */
export function useForget() {
  const { ask } = useServices()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      ask<PostSimilarAnswersId>(`/api/v1/similar-answers/${encodeURIComponent(id)}`, {
        method: 'POST',
        body: { action: 'forget' },
      }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['cache'] }),
  })
}
