import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { DeleteKeysId, GetKeys, GetUsage, PostKeys } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import type { Money } from '../../words/money.ts'

export type KeyLine = GetKeys['data'][number]
export type NewKey = PostKeys

/** What a key is made with; docs/config.md, keys. */
export interface KeyFields {
  readonly name: string
  readonly project?: string
  readonly models?: readonly string[]
  readonly rpm?: number
  readonly budget?: { readonly usd: number; readonly per: string }
  readonly expires?: string
}

const PAGE_ROWS = 100
const LIST = ['keys'] as const

/** The keys page by page; those of the file come first. */
export function useKeys() {
  const { ask } = useServices()
  return useInfiniteQuery({
    queryKey: LIST,
    queryFn: ({ pageParam, signal }) =>
      ask<GetKeys>(
        `/api/v1/keys?${new URLSearchParams({ limit: String(PAGE_ROWS), ...(pageParam === '' ? {} : { after: pageParam }) })}`,
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }: GetKeys) => next,
  })
}

/** What each key spent in 30 days, by its id. */
export function useSpend(): ReadonlyMap<string, { readonly cost: Money; readonly simulated: Money }> {
  const { ask } = useServices()
  const { data } = useQuery({
    queryKey: ['usage', 'key'],
    queryFn: ({ signal }) => ask<GetUsage>('/api/v1/usage?by=key&from=30d&limit=500', { signal }),
  })
  return new Map((data?.data ?? []).map(({ name, cost, simulated }) => [name, { cost, simulated }]))
}

/** Makes a key. Its text is in the answer and nowhere else: it is not kept with what was asked. */
export function useCreateKey() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (fields: KeyFields) => ask<NewKey>('/api/v1/keys', { method: 'POST', body: fields }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
    gcTime: 0,
  })
}

/** Takes a key out of use, for ever. */
export function useRevokeKey() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) =>
      ask<DeleteKeysId>(`/api/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
  })
}
