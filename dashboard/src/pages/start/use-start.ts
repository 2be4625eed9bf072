import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { GetStart } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

const START = ['start'] as const

/** How far one has come; told anew with every request that is over. */
export function useStart() {
  const { ask, live } = useServices()
  const queries = useQueryClient()
  useEffect(
    () =>
      live.listen(({ name }) => {
        if (name === 'request' || name === 'config' || name === 'health')
          void queries.invalidateQueries({ queryKey: START })
      }),
    [live, queries],
  )
  return useQuery({
    queryKey: START,
    queryFn: ({ signal }) => ask<GetStart>('/api/v1/start', { signal }),
  })
}
