import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { FILTERS, type RequestFilters } from './filters.ts'

const VIEWS: readonly { readonly name: string; readonly outcome?: string }[] = [
  { name: 'All' },
  { name: 'Answered', outcome: 'ok' },
  { name: 'Client left', outcome: 'client-gone' },
]

/** Views of the list, and what it is narrowed to beside them. */
export function FilterBar({ filters }: { readonly filters: RequestFilters }): ReactNode {
  const named = new Set(VIEWS.map(({ outcome }) => outcome))
  const chips = FILTERS.filter(
    (name) => filters[name] !== undefined && !(name === 'outcome' && named.has(filters.outcome)),
  )
  return (
    <div className="row">
      {chips.map((name) => (
        <span key={name} className="chip filter">
          {name}: {filters[name]}
          <Link
            to="/requests"
            search={({ [name]: _gone, ...rest }: RequestFilters) => rest}
            aria-label={`Remove ${name}`}
          >
            <Icon name="cross" small />
          </Link>
        </span>
      ))}
      <div className="seg" role="group" aria-label="Views">
        {VIEWS.map(({ name, outcome }) => (
          <Link
            key={name}
            to="/requests"
            search={({ outcome: _before, peek: _peek, ...rest }: RequestFilters) =>
              outcome === undefined ? rest : { ...rest, outcome }
            }
            aria-current={filters.outcome === outcome ? 'true' : undefined}
          >
            {name}
          </Link>
        ))}
      </div>
    </div>
  )
}
