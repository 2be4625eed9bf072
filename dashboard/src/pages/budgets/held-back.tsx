import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetBudgets } from '../../api/answers.ts'
import { Meter } from '../../parts/meter.tsx'
import { Table } from '../../parts/table.tsx'
import { count, counted } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'

type Limits = GetBudgets['limits']

/** Who is held back now, and what nobody noticed of it. */
export function HeldBack({ limits }: { readonly limits: Limits }): ReactNode {
  const { rates, queues, refused, absorbed } = limits
  const waiting = queues.filter((queue) => queue.waiting > 0)
  const saved = absorbed.reduce((sum, { attempts }) => sum + attempts, 0)
  return (
    <section className="card" aria-labelledby="h-held">
      <header>
        <h2 id="h-held">Held back</h2>
        <span className="soft small">
          {saved === 0
            ? 'no 429 of a provider in the last hour'
            : `${counted(saved, '429')} of ${absorbed.map(({ provider }) => provider).join(', ')} in the last hour that no client noticed`}
        </span>
      </header>
      {rates.length === 0 && refused.length === 0 && waiting.length === 0 ? (
        <p className="body soft small">
          Nobody has a limit per minute, nobody waits, and nothing was refused in the last hour.
        </p>
      ) : null}
      {rates.length === 0 ? null : <Rates rates={rates} />}
      {refused.length === 0 ? null : <Refused refused={refused} />}
      {waiting.length === 0 ? null : (
        <p className="body small">
          {waiting
            .map(
              ({ name, waiting: line, limit }) =>
                `${counted(line, 'call')} wait for ${name}, which takes ${count(limit)} at a time`,
            )
            .join('; ')}
          .
        </p>
      )}
    </section>
  )
}

function Rates({ rates }: Pick<Limits, 'rates'>): ReactNode {
  return (
    <Table
      label="Limits per minute"
      columns={[
        {
          head: 'Owner',
          cell: ({ name, scope }) => (
            <>
              {name}
              <span className="sub">{scope}</span>
            </>
          ),
        },
        { head: 'Limit', cell: ({ limit, metric }) => `${count(limit)} ${metric} a minute` },
        {
          head: 'Now',
          className: 'share',
          cell: ({ used, limit }) => (
            <Meter share={used / limit} tone={used >= limit ? 'var(--bad-mark)' : 'var(--soft)'}>
              {((100 * used) / limit).toFixed(0)} %
            </Meter>
          ),
        },
      ]}
      rows={rates}
      keyOf={({ scope, owner, metric }) => `${scope} ${owner} ${metric}`}
    />
  )
}

function Refused({ refused }: Pick<Limits, 'refused'>): ReactNode {
  return (
    <Table
      label="Refused in the last hour"
      columns={[
        { head: 'Key', cell: ({ name, key }) => name ?? (key === '' ? 'no key' : key) },
        {
          head: 'Reason',
          cell: ({ outcome, key }) => (
            <Link
              to="/requests"
              search={{ q: `outcome:${outcome}${key === '' ? '' : ` ${termOf('key', key)}`}` }}
            >
              {outcome}
            </Link>
          ),
        },
        { head: 'Refused, 1 h', num: true, cell: ({ requests }) => count(requests) },
      ]}
      rows={refused}
      keyOf={({ key, outcome, project }) => `${key} ${project} ${outcome}`}
    />
  )
}
