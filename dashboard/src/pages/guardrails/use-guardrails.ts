import { useMutation, useQuery } from '@tanstack/react-query'
import type { GetGuardrails, PostGuardrailsTest } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'

export type GuardrailLine = GetGuardrails['data'][number]
export type Tried = PostGuardrailsTest

/** A text that is tried. */
export interface Trial {
  readonly text: string
  readonly phase: GuardrailLine['phases'][number]
  /** Absent: only those that hold everywhere look. */
  readonly route?: string
}

/** A text, and whether those are asked too that ask a model. */
export interface Tryout extends Trial {
  readonly asks: boolean
}

/** The guardrails with what they have said in the time of the page. */
export function useGuardrails() {
  const { ask } = useServices()
  const { query } = useTimeRange()
  return useQuery({
    queryKey: ['guardrails', query],
    queryFn: ({ signal }) => ask<GetGuardrails>(`/api/v1/guardrails?${query}`, { signal }),
    placeholderData: (before) => before,
  })
}

/** What would be found in a text, and done. Where it asks, checks ask the models that they are for. */
export function useTrial() {
  const { ask } = useServices()
  return useMutation({
    mutationFn: async ({ asks, ...body }: Tryout) => ({
      text: body.text,
      tried: await ask<Tried>(`/api/v1/guardrails/test${asks ? '/checks' : ''}`, { method: 'POST', body }),
    }),
  })
}
