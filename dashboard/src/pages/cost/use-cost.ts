import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { GetCost } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { USUAL, type CostSearch, type Dimension } from './cost-search.ts'

/** What the page is told apart by; it stands in the address. */
export function useCostSearch(): {
  readonly by: Dimension
  readonly rows: Dimension
  readonly choose: (search: CostSearch) => void
} {
  const { by = USUAL.by, rows = USUAL.rows } = useSearch({ from: '/cost' })
  const navigate = useNavigate({ from: '/cost' })
  return {
    by,
    rows,
    choose: (search) => void navigate({ search: (before) => ({ ...before, ...search }), resetScroll: false }),
  }
}

/** Where the money went in the time of the page: everything in one answer. */
export function useCost(by: Dimension, rows: Dimension): UseQueryResult<GetCost> {
  const { ask } = useServices()
  const { query } = useTimeRange()
  const path = `/api/v1/cost?by=${by}${by === rows ? '' : `&rows=${rows}`}&${query}`
  return useQuery({
    queryKey: ['cost', path],
    queryFn: ({ signal }) => ask<GetCost>(path, { signal }),
    placeholderData: keepPreviousData,
  })
}
