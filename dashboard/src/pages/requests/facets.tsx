import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { GetRequestsFacets } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import { useFresh } from '../../app/use-live.ts'
import { useTimes } from '../../app/use-times.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Icon } from '../../parts/icon.tsx'
import { count } from '../../words/numbers.ts'
import { toggled, valuesIn } from './edit-query.ts'

type Facet = GetRequestsFacets['data'][number]

const FRESH_MS = 15_000

function useFacets(q: string | undefined) {
  const { ask } = useServices()
  const { query: time } = useTimeRange()
  useFresh('facets', FRESH_MS)
  return useQuery({
    queryKey: ['facets', q, time],
    queryFn: ({ signal }) => {
      const asked = new URLSearchParams(time)
      asked.set('by', Object.keys(TITLES).join(','))
      if (q !== undefined) asked.set('q', q)
      return ask<GetRequestsFacets>(`/api/v1/requests/facets?${asked}`, { signal })
    },
    placeholderData: keepPreviousData,
    retry: false,
  })
}

/** How many requests there are of each outcome, route and so on; a press adds one to the query, or takes it away. */
export function Facets({ q }: { readonly q: string | undefined }): ReactNode {
  const { data, error } = useFacets(q)
  if (error !== null && data === undefined)
    return <p className="soft small">These requests are not counted by value.</p>
  return (
    <>
      {data === undefined
        ? [5, 4, 3].map((rows) => <Waiting key={rows} rows={rows} />)
        : data.data.map((facet) => <FacetList key={facet.field} facet={facet} q={q} />)}
    </>
  )
}

/** The same behind a button, where there is no room beside the list. */
export function FacetsButton({ q }: { readonly q: string | undefined }): ReactNode {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <button type="button" className="btn s facets-button" onClick={() => setIsOpen(true)}>
        <Icon name="filter" />
        Filter
      </button>
      {isOpen ? (
        <Dialog
          title="Filter by"
          onClose={() => setIsOpen(false)}
          footer={
            <button type="button" className="btn primary" onClick={() => setIsOpen(false)}>
              Show them
            </button>
          }
        >
          <div className="facets">
            <Facets q={q} />
          </div>
        </Dialog>
      ) : null}
    </>
  )
}

const TITLES: Readonly<Record<string, string | undefined>> = {
  outcome: 'Outcome',
  route: 'Route',
  provider: 'Provider',
  model: 'Asked for',
  key: 'Key',
  client: 'Program',
  cache: 'Cache',
}

function FacetList({ facet, q }: { readonly facet: Facet; readonly q: string | undefined }): ReactNode {
  const { field, values, others } = facet
  const navigate = useNavigate({ from: '/requests' })
  const chosen = valuesIn(q, field)
  const known = new Set(values.map(({ value }) => value))
  const shown = [
    ...values,
    // What is asked for stays there to be taken away.
    ...chosen.filter((value) => !known.has(value)).map((value) => ({ value, requests: 0, name: value })),
  ]
  if (shown.length === 0) return null
  const choose = (value: string): void => {
    const next = toggled(q, field, value)
    void navigate({
      search: ({ q: _before, ...rest }) => (next === undefined ? rest : { ...rest, q: next }),
      resetScroll: false,
    })
  }
  return (
    <fieldset>
      <legend>
        {TITLES[field] ?? field}
        <Partly facet={facet} />
      </legend>
      <ul>
        {shown.map(({ value, name, requests }) => (
          <li key={value}>
            <label title={name === undefined ? value : `${name} (${value})`}>
              <input type="checkbox" checked={chosen.includes(value)} onChange={() => choose(value)} />
              <span className="name">{name ?? value}</span>
            </label>
            <span className="n">{count(requests)}</span>
          </li>
        ))}
      </ul>
      {others === 0 ? null : <p className="soft small">{count(others)} more</p>}
    </fieldset>
  )
}

/** That not all were counted. */
function Partly({ facet: { looked_at: lookedAt } }: { readonly facet: Facet }): ReactNode {
  const times = useTimes()
  if (lookedAt === undefined) return null
  return (
    <span className="partly" title={`Counted back to ${times.exact(lookedAt.back_to)}.`}>
      of the newest {count(lookedAt.requests)}
    </span>
  )
}

function Waiting({ rows }: { readonly rows: number }): ReactNode {
  return (
    <div aria-hidden="true" className="waiting">
      {Array.from({ length: rows }, (_row, row) => (
        <span key={row} className="sk" style={{ '--w': `${80 - row * 9}%` }} />
      ))}
    </div>
  )
}
