import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query'
import type {
  GetAlertDeliveries,
  GetAlerts,
  GetConfig,
  PostAlertChannelsNameTest,
  PostAlertsPreview,
  PostAlertsRuleMute,
  PutConfigObjectsSectionName,
} from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

export type Rule = GetAlerts['rules'][number]
export type Channel = GetAlerts['channels'][number]
export type Alert = Rule['alerts'][number]
export type Delivery = GetAlertDeliveries['data'][number]
export type Preview = PostAlertsPreview

const LOOK_MS = 5_000
const PAGE_ROWS = 20
const ALERTS = ['alerts'] as const

/** Rules with what rings of each, and channels with how they do. */
export function useAlerts(): UseQueryResult<GetAlerts> {
  const { ask } = useServices()
  return useQuery({
    queryKey: [...ALERTS, 'now'],
    queryFn: ({ signal }) => ask<GetAlerts>('/api/v1/alerts', { signal }),
    refetchInterval: LOOK_MS,
  })
}

/** Where each rule is written, in words. */
export function usePlaces(): (rule: string) => string {
  const { ask } = useServices()
  const { data } = useQuery({
    queryKey: [...ALERTS, 'places'],
    queryFn: ({ signal }) => ask<GetConfig>('/api/v1/config', { signal }),
  })
  return (rule) => {
    const found = data?.objects.find(({ section, name }) => section === 'alerts.rules' && name === rule)
    if (found === undefined) return '–'
    if (found.origin !== 'file') return 'managed here'
    return found.line === undefined ? 'file, read-only' : `file, line ${found.line}, read-only`
  }
}

/** Messages to channels, the newest first, page by page. */
export function useDeliveries() {
  const { ask } = useServices()
  return useInfiniteQuery({
    queryKey: [...ALERTS, 'deliveries'],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS) })
      if (pageParam !== '') query.set('after', pageParam)
      return ask<GetAlertDeliveries>(`/api/v1/alert-deliveries?${query}`, { signal })
    },
    initialPageParam: '',
    getNextPageParam: ({ next }: GetAlertDeliveries) => next,
    placeholderData: keepPreviousData,
  })
}

/** What is done with a rule: it is muted for a while or told again, or what rings of it is acknowledged. */
export type Act =
  | { readonly act: 'mute'; readonly rule: string; readonly for: string }
  | { readonly act: 'unmute'; readonly rule: string }
  | { readonly act: 'acknowledge'; readonly rule: string; readonly key: string }

/** Does one of these. */
export function useAct() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (what: Act) => {
      const path = `/api/v1/alerts/${encodeURIComponent(what.rule)}`
      if (what.act === 'unmute') return ask<PostAlertsRuleMute>(`${path}/mute`, { method: 'DELETE' })
      const body = what.act === 'mute' ? { for: what.for } : { key: what.key }
      return ask<PostAlertsRuleMute>(`${path}/${what.act}`, { method: 'POST', body })
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ALERTS }),
  })
}

/** Sends a test to a channel, and tells what became of it. */
export function useTest() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (channel: string) =>
      ask<PostAlertChannelsNameTest>(`/api/v1/alert-channels/${encodeURIComponent(channel)}/test`, {
        method: 'POST',
        body: {},
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ALERTS }),
  })
}

/** A rule as the configuration writes it. */
export type WrittenRule = Readonly<Record<string, string | readonly string[]>>

/** How often a rule would have rung in the last 14 days. */
export function usePreview() {
  const { ask } = useServices()
  return useMutation({
    mutationFn: (rule: WrittenRule) =>
      ask<PostAlertsPreview>('/api/v1/alerts/preview', { method: 'POST', body: { rule, days: 14 } }),
  })
}

/** Puts a rule in force as a new version of the managed configuration. Rejects where there is one of this name. */
export function useMake() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ name, rule }: { readonly name: string; readonly rule: WrittenRule }) =>
      ask<PutConfigObjectsSectionName>(`/api/v1/config/objects/alerts.rules/${encodeURIComponent(name)}`, {
        method: 'PUT',
        body: { value: rule, comment: `alert ${name}` },
      }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ALERTS }),
  })
}
