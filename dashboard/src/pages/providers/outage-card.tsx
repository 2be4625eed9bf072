import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOutages } from '../../api/answers.ts'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { ALL_PLACES } from '../../shell/places.ts'
import { amount } from '../../words/money.ts'
import { count, counted, durationText } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { useOutage } from './use-loads.ts'

type Group = GetOutages['groups'][number]

const COLUMNS: readonly Column<Group>[] = [
  {
    head: 'Route',
    cell: ({ route }) => (
      <Link to="/requests" search={{ q: termOf('route', route) }}>
        {route}
      </Link>
    ),
  },
  { head: 'Requests', num: true, cell: ({ requests }) => count(requests) },
  {
    head: 'Would go to',
    cell: ({ to, example }) => (
      <>
        {to === undefined ? <span className="soft">nobody</span> : <Who name={to} />}
        <span className="sub">
          <Link to="/requests/$id" params={{ id: example }}>
            one of them
          </Link>
        </span>
      </>
    ),
  },
  { head: 'First token', num: true, cell: (group) => <FirstToken {...group} /> },
  { head: 'Cost', num: true, cell: (group) => <CostChange {...group} /> },
  { head: 'Result', className: 'nowrap', cell: (group) => <Result {...group} /> },
]

export interface OutageCardProps {
  readonly providers: readonly string[]
  /** Whose outage is asked for. */
  readonly provider: string | undefined
  readonly onChoose: (provider: string) => void
}

/** What would become of the newest requests if a provider went down now: who takes over, what it costs, who is lost. */
export function OutageCard({ providers, provider, onChoose }: OutageCardProps): ReactNode {
  const { data, error, refetch } = useOutage(provider)
  const outage = data?.provider === provider ? data : undefined
  return (
    <section className="card" aria-labelledby="h-outage">
      <header>
        <h2 id="h-outage">What if it goes down now?</h2>
        <div className="seg" role="group" aria-label="Provider">
          {providers.map((name) => (
            <button key={name} type="button" aria-pressed={name === provider} onClick={() => onChoose(name)}>
              {name}
            </button>
          ))}
        </div>
      </header>
      <div className="body" aria-live="polite">
        {outage === undefined ? (
          <p className="soft">Deciding again on the newest requests.</p>
        ) : (
          <Answer outage={outage} />
        )}
      </div>
      <Table
        label={`Without ${provider ?? 'a provider'}`}
        columns={COLUMNS}
        rows={outage?.groups}
        keyOf={({ route, to }) => `${route} ${to ?? ''}`}
        skeletons={3}
        empty={<span />}
        error={
          error === null
            ? undefined
            : { error, what: 'It could not be worked out.', retry: () => void refetch() }
        }
      />
      <footer className="row">
        <span>Decided by replaying the newest requests under the plan in force; nothing was sent.</span>
        <Rehearse provider={provider} />
      </footer>
    </section>
  )
}

/** The way to a drill of just this, where there is a page for them. */
function Rehearse({ provider }: { readonly provider: string | undefined }): ReactNode {
  const [drills] = ALL_PLACES.filter(({ name }) => name === 'Drills')
  if (drills === undefined || provider === undefined) return null
  return (
    <a className="btn s push" href={`${drills.to}?provider=${encodeURIComponent(provider)}`}>
      Rehearse it
    </a>
  )
}

function Answer({ outage }: { readonly outage: GetOutages }): ReactNode {
  const { provider, decided, at_provider: there, answered, unanswered } = outage
  if (decided === 0) return <p>No request of the log can be decided on again yet.</p>
  if (there === 0)
    return (
      <p className="row">
        <State tone="good">Nothing would change.</State> None of the newest {counted(decided, 'request')} goes
        to {provider}.
      </p>
    )
  return (
    <p className="row">
      <State tone={unanswered === 0 ? 'good' : 'bad'}>
        {unanswered === 0
          ? `All ${counted(there, 'request')} would be answered by others.`
          : `${counted(unanswered, 'request')} would fail until ${provider} is back.`}
      </State>
      <span>
        {count(there)} of the newest {counted(decided, 'request')} go to {provider} first
        {unanswered === 0 ? '' : `, ${count(answered)} of them would be answered by others`}.
      </span>
    </p>
  )
}

function FirstToken({ first_event_ms_now: now, first_event_ms_then: then }: Group): ReactNode {
  if (now === undefined || then === undefined) return <span className="soft">–</span>
  return `${then < now ? '−' : '+'}${durationText(Math.abs(then - now))}`
}

function CostChange({ cost_now: now, cost_then: then, unpriced, simulated }: Group): ReactNode {
  if (now === undefined || then === undefined)
    return unpriced > 0 ? (
      <span className="unpriced">{count(unpriced)} unpriced</span>
    ) : (
      <span className="soft">–</span>
    )
  const by = BigInt(then.nano_usd) - BigInt(now.nano_usd)
  const text =
    by === 0n ? '$0' : `${by < 0n ? '−' : '+'}${amount({ usd: '', nano_usd: String(by < 0n ? -by : by) })}`
  return (
    <>
      {simulated ? <span className="tag">sim</span> : null}{' '}
      <span className={simulated ? 'simulated' : ''}>{text}</span>
    </>
  )
}

function Result({ to, lost_at_first: lost }: Group): ReactNode {
  if (to === undefined) return <State tone="bad">would fail</State>
  return (
    <>
      <State tone={lost === 0 ? 'good' : 'warn'}>answered</State>
      {lost === 0 ? null : <span className="sub">once the outage is noticed; {count(lost)} fail before</span>}
    </>
  )
}
