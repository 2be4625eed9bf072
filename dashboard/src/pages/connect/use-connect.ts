import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { GetConnect, GetConnectClient } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { readText } from '../../words/reading.ts'

export type ClientLine = GetConnect['clients'][number]

/** The programs whose settings are known. */
export function useClients() {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['connect'],
    queryFn: ({ signal }) => ask<GetConnect>('/api/v1/connect', { signal }),
  })
}

export interface Wanted {
  readonly client: string
  readonly key: string | undefined
  readonly model: string | undefined
}

/** The settings of one, filled in for a key and a model. */
export function useSettings({ client, key, model }: Wanted) {
  const { ask } = useServices()
  const query = new URLSearchParams(
    Object.entries({ key, model }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
  return useQuery({
    queryKey: ['connect', client, key, model],
    queryFn: ({ signal }) =>
      ask<GetConnectClient>(`/api/v1/connect/${encodeURIComponent(client)}?${query}`, { signal }),
    placeholderData: (before) => before,
    retry: false,
  })
}

/**
 * Looks whether a client has asked whenever some request is over: by the name that it calls itself, of which the gateway knows. Calls back for
 * a request of the key, where it has no such name.
 */
export function useWaiting(client: string, key: string | undefined, onKey: (request: string) => void): void {
  const { live } = useServices()
  const queries = useQueryClient()
  useEffect(
    () =>
      live.listen(({ name, data }) => {
        if (name !== 'request') return
        void queries.invalidateQueries({ queryKey: ['connect', client] })
        const id = readText(data, 'id')
        if (
          key !== undefined &&
          readText(data, 'key') === key &&
          data['dialect'] !== 'gatehouse' &&
          id !== undefined
        )
          onKey(id)
      }),
    [live, queries, client, key, onKey],
  )
}
