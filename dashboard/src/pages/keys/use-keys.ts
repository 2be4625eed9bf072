import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GetKeys, GetKeysId, GetUsage, PostExplain, PostKeys } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import type { Money } from '../../words/money.ts'

export type KeyLine = GetKeys['data'][number]
export type NewKey = PostKeys

/** What is said about a key; docs/config.md, keys. The gateway checks it. */
export interface KeyFields {
  readonly name: string
  readonly project?: string
  readonly models?: readonly string[]
  readonly endpoints?: readonly string[]
  readonly only?: Readonly<Record<string, string | readonly string[]>>
  readonly addresses?: readonly string[]
  readonly rpm?: string
  readonly tpm?: string
  readonly concurrent?: string
  readonly queue?: { readonly max: number; readonly wait: string }
  readonly budgets?: readonly { readonly usd: string; readonly per: string }[]
  readonly expires?: string
}

/** Something that is done to a key. */
export interface KeyAct {
  /** Absent: it is revoked. */
  readonly path?: 'pause' | 'resume' | 'end-earlier' | 'rotate'
  readonly body?: Readonly<Record<string, string>>
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

/** One key, and what was done to it. */
export function useKey(id: string) {
  const { ask } = useServices()
  return useQuery({
    queryKey: [...LIST, id],
    queryFn: ({ signal }) => ask<GetKeysId>(pathOf(id), { signal }),
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

/** Makes a key, or says anew what one may do. The text of a new one is in the answer and nowhere else: it is not kept with what was asked. */
export function useWriteKey(id: string | undefined) {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (fields: KeyFields) =>
      id === undefined
        ? ask<Partial<NewKey>>('/api/v1/keys', { method: 'POST', body: fields })
        : ask<Partial<NewKey>>(pathOf(id), { method: 'PUT', body: fields }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
    gcTime: 0,
  })
}

/** Does something to a key. */
export function useActOnKey(id: string) {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, body = {} }: KeyAct) =>
      path === undefined
        ? ask<Partial<NewKey>>(pathOf(id), { method: 'DELETE' })
        : ask<Partial<NewKey>>(`${pathOf(id)}/${path}`, { method: 'POST', body }),
    onSuccess: () => queries.invalidateQueries({ queryKey: LIST }),
    gcTime: 0,
  })
}

/** Asks what would become of a request with a key. */
export function useExplain() {
  const { ask } = useServices()
  return useMutation({
    mutationFn: (question: { readonly key: string; readonly model: string; readonly operation: string }) =>
      ask<PostExplain>('/api/v1/explain', { method: 'POST', body: question }),
  })
}

function pathOf(id: string): string {
  return `/api/v1/keys/${encodeURIComponent(id)}`
}
