import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { count } from '../../words/numbers.ts'
import { valueText } from '../../words/units.ts'
import { TIME_AND_COST } from './figure-columns.tsx'
import type { RouteLine } from './use-routes.ts'

const MOST_TARGETS = 3
/** A share of fewer requests says nothing. */
const FEW = 20

/** What the list of routes shows of each. */
export const ROUTE_COLUMNS: readonly Column<RouteLine>[] = [
  {
    head: 'Route',
    cell: ({ name, steps }) => (
      <>
        <Link to="/routes/$name" params={{ name }} className="strong">
          {name}
        </Link>
        {steps.length === 0 ? null : <span className="sub">{steps.join(', ')}</span>}
      </>
    ),
    sortBy: ({ name }) => name,
  },
  { head: 'Asks', cell: (route) => <Targets route={route} /> },
  {
    head: 'Written',
    className: 'x-minor',
    cell: ({ origin }) => <span className="soft">{ORIGINS[origin ?? '']}</span>,
  },
  {
    head: 'Requests',
    num: true,
    cell: ({ requests }) => (requests === 0 ? <span className="soft">0</span> : count(requests)),
    sortBy: ({ requests }) => requests,
  },
  {
    head: 'Failed',
    num: true,
    cell: ({ failed, requests }) => <Share part={failed} of={requests} tone="bad" />,
    sortBy: ({ failed, requests }) => (requests < FEW ? undefined : failed / requests),
  },
  {
    head: 'Fallbacks',
    num: true,
    className: 'x-minor',
    cell: ({ fallbacks, attempts }) => <Share part={fallbacks} of={attempts} tone="warn" />,
    sortBy: ({ fallbacks, attempts }) => (attempts < FEW ? undefined : fallbacks / attempts),
  },
  ...TIME_AND_COST,
]

const ORIGINS: Readonly<Record<string, string>> = {
  file: 'in the file',
  managed: 'here',
  found: 'found',
  default: 'by itself',
  '': 'by itself',
}

function Targets({ route: { targets } }: { readonly route: RouteLine }): ReactNode {
  const more = targets.length - MOST_TARGETS
  return (
    <span className="chips">
      {targets.slice(0, MOST_TARGETS).map((target) => (
        <Who key={target} name={target} />
      ))}
      {more > 0 ? <span className="soft">and {more} more</span> : null}
      {targets.length === 0 ? <span className="soft">nobody</span> : null}
    </span>
  )
}

function Share({
  part,
  of,
  tone,
}: {
  readonly part: number
  readonly of: number
  readonly tone: 'bad' | 'warn'
}): ReactNode {
  if (of === 0) return <None />
  if (part === 0) return <span className="soft">0</span>
  return <span className={tone}>{of < FEW ? count(part) : valueText(part / of, 'share')}</span>
}

function None(): ReactNode {
  return <span className="soft">–</span>
}
