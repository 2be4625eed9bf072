import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Table, type Column } from '../../parts/table.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { signed } from './change.ts'

type Compared = NonNullable<GetCost['compared']>
type Driver = Compared['drivers'][number]

/** Words for each driver. */
export const DRIVER_NAMES: Readonly<
  Record<Driver['driver'], { readonly name: string; readonly sentence: string; readonly says: string }>
> = {
  volume: { name: 'Volume', sentence: 'the number of requests', says: 'more or fewer requests' },
  tries: {
    name: 'Retries and fallbacks',
    sentence: 'retries and fallbacks',
    says: 'calls for each request: retries, fallbacks, hedges, judges',
  },
  mix: {
    name: 'Model mix',
    sentence: 'work that went to other models',
    says: 'other models for the same work',
  },
  tokens: { name: 'Tokens per request', sentence: 'longer or shorter requests', says: 'tokens of each call' },
  price: { name: 'Price', sentence: 'prices', says: 'the same at another price' },
}

/** Same volume, higher bill: why. What each driver moved, which targets did, and the requests behind it. */
export function Drivers({ cost }: { readonly cost: GetCost | undefined }): ReactNode {
  const times = useTimes()
  if (cost !== undefined && cost.compared === undefined) return null
  const compared = cost?.compared
  // Nothing then and nothing now has no reasons.
  if (compared?.now.nano_usd === '0' && compared.before.nano_usd === '0') return null
  const most = Math.max(1, ...(compared?.drivers ?? []).map(sizeOf))
  return (
    <section className="card" aria-labelledby="h-drivers">
      <header>
        <h2 id="h-drivers">Why it moved{compared === undefined ? '' : `: ${signed(compared.change)}`}</h2>
        {compared === undefined ? null : (
          <span className="soft small">
            against {times.day(Date.parse(compared.with_from))} to{' '}
            {times.day(Date.parse(compared.with_to) - 1)}, equal weekdays
          </span>
        )}
      </header>
      <Table
        label="Why it moved"
        className="stacked"
        columns={columnsOf(most, compared)}
        rows={compared?.drivers}
        keyOf={({ driver }) => driver}
        skeletons={5}
        foot={
          compared === undefined ? undefined : (
            <>
              <tr>
                <th scope="row">Before</th>
                <td />
                <td className="num">{total(compared.before)}</td>
                <td colSpan={2} />
              </tr>
              <tr>
                <th scope="row">Now, intervals that are over</th>
                <td />
                <td className="num">{total(compared.now)}</td>
                <td colSpan={2} className="soft small">
                  Each driver changes one thing and keeps the rest; together they add up exactly.
                </td>
              </tr>
            </>
          )
        }
      />
    </section>
  )
}

function sizeOf({ amount }: Driver): number {
  return Math.abs(Number(amount.nano_usd))
}

function columnsOf(most: number, compared: Compared | undefined): readonly Column<Driver>[] {
  return [
    {
      head: 'Driver',
      cell: ({ driver }) => (
        <>
          {DRIVER_NAMES[driver].name}
          <span className="sub">{DRIVER_NAMES[driver].says}</span>
        </>
      ),
    },
    {
      head: 'Share',
      isHeadHidden: true,
      className: 'x-minor',
      cell: (one) => <Bar driver={one} most={most} />,
    },
    {
      head: 'Amount',
      num: true,
      cell: ({ amount }) => signed(amount),
      sortBy: ({ amount }) => Number(amount.nano_usd),
    },
    { head: 'Evidence', cell: (one) => <Evidence driver={one} compared={compared} /> },
    {
      head: 'Requests behind it',
      isHeadHidden: true,
      cell: ({ q }) => (
        <Link
          to="/requests"
          search={(before) => ({ from: before.from, to: before.to, ...(q === '' ? {} : { q }) })}
          className="small nowrap"
        >
          Its requests
        </Link>
      ),
    },
  ]
}

function Bar({ driver, most }: { readonly driver: Driver; readonly most: number }): ReactNode {
  const isMore = Number(driver.amount.nano_usd) >= 0
  return (
    <span
      className="meter"
      style={{
        '--v': `${(100 * sizeOf(driver)) / most}%`,
        '--c': isMore ? 'var(--warn-mark)' : 'var(--good-mark)',
      }}
    >
      <i />
    </span>
  )
}

function Evidence({
  driver: { driver, evidence },
  compared,
}: {
  readonly driver: Driver
  readonly compared: Compared | undefined
}): ReactNode {
  if (driver === 'volume' && compared?.requests_now !== undefined && compared.requests_before !== undefined)
    return (
      <span className="small">
        {count(compared.requests_before)} → {count(compared.requests_now)} requests
      </span>
    )
  if (evidence.length === 0) return <span className="soft">–</span>
  return (
    <ul className="small plain">
      {evidence.map((one) => (
        <li key={one.target}>
          {one.target === '' ? 'others' : one.target} <span className="soft">{signed(one.amount)}</span>
          {driver === 'mix' || driver === 'tries' ? (
            <span className="soft">
              , {count(one.before)} → {count(one.after)} calls
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
