import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { GetDecisionsId, GetReceiptsId } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'

/** What a request cost, unit by unit. */
export function useReceipt(id: string): UseQueryResult<GetReceiptsId> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['receipt', id],
    queryFn: ({ signal }) => ask<GetReceiptsId>(`/api/v1/receipts/${encodeURIComponent(id)}`, { signal }),
  })
}

/** The choice of a request made again under the plan in force; asked for only where there is a decision. */
export function useReplay(decisionId: string | undefined): UseQueryResult<GetDecisionsId> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['replay', decisionId],
    queryFn: ({ signal }) =>
      ask<GetDecisionsId>(`/api/v1/decisions/${encodeURIComponent(decisionId ?? '')}?replay`, { signal }),
    enabled: decisionId !== undefined,
  })
}
