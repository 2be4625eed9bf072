import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Icon, type IconName } from '../../parts/icon.tsx'
import { count, counted } from '../../words/numbers.ts'
import { likeTerm, termOf } from '../requests/filters.ts'

type Change = GetOverview['changes'][number]

const MOST = 6
const SIGNS: Readonly<Record<Change['kind'], { readonly name: IconName; readonly tone: string }>> = {
  incident: { name: 'warning', tone: 'warn' },
  'new-outcome': { name: 'info', tone: 'info' },
  'new-target': { name: 'plus', tone: '' },
  config: { name: 'releases', tone: '' },
  prices: { name: 'cost', tone: '' },
}

/** What is otherwise than in the time before, each with the way to its requests. */
export function ChangesCard({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  const changes = overview?.changes ?? []
  return (
    <section className="card c4" aria-labelledby="h-changes">
      <header>
        <h2 id="h-changes">What changed</h2>
      </header>
      {overview !== undefined && changes.length === 0 ? (
        <p className="body soft small">
          Nothing: no provider failed more than now and then, no new kind of error, no new target, no other
          configuration.
        </p>
      ) : (
        <ul className="body list">
          {changes.slice(0, MOST).map((change) => (
            <Line key={`${change.kind} ${change.name} ${change.at}`} change={change} />
          ))}
          {changes.length > MOST ? <li className="soft">and {changes.length - MOST} more</li> : null}
        </ul>
      )}
    </section>
  )
}

function Line({ change }: { readonly change: Change }): ReactNode {
  const times = useTimes()
  const at = Date.parse(change.at)
  return (
    <li>
      <Icon {...SIGNS[change.kind]} />
      <span>
        <Words change={change} />
      </span>
      <time dateTime={change.at} title={times.exact(change.at)}>
        {times.short(at)}
      </time>
    </li>
  )
}

function Words({ change }: { readonly change: Change }): ReactNode {
  const { kind, name, count: many, of, until } = change
  if (kind === 'config' || kind === 'prices') return <Version change={change} />
  if (kind === 'incident')
    return (
      <>
        <b className="strong">{name}</b> failed {count(many)} of {counted(of ?? many, 'call')}
        <span className="sub">
          {until === undefined ? 'it still does' : 'it is over'} ·{' '}
          <Link to="/requests" search={{ q: `${likeTerm('tried', `${name}/*`)} begun:fallback`.trim() }}>
            those that fell back
          </Link>{' '}
          ·{' '}
          <Link to="/providers" search={{ provider: name }}>
            what if it goes down
          </Link>
        </span>
      </>
    )
  if (kind === 'new-outcome')
    return (
      <>
        New kind of error: <b className="strong">{name}</b>
        <span className="sub">
          <Link to="/requests" search={{ q: termOf('outcome', name) }}>
            {counted(many, 'request')}
          </Link>
        </span>
      </>
    )
  return (
    <>
      <b className="strong">{name}</b> is called for the first time
      <span className="sub">
        <Link to="/requests" search={{ q: termOf('tried', name) }}>
          {counted(many, 'call')}
        </Link>
      </span>
    </>
  )
}

/** What another version of the configuration changed, with the way to all of it. */
function Version({
  change: { kind, name, by, count: many, changes = [] },
}: {
  readonly change: Change
}): ReactNode {
  return (
    <>
      <Link to="/releases">
        {kind === 'prices' ? 'Prices changed' : 'Configuration changed'}, version {name}
      </Link>
      <span className="sub">
        {changes.join('; ')}
        {many > changes.length ? `, and ${many - changes.length} more` : ''}
        {by === undefined ? '' : ` · by ${by}`}
      </span>
    </>
  )
}
