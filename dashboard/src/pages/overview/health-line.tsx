import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { State } from '../../parts/state.tsx'
import { counted } from '../../words/numbers.ts'

/** The answer of the page: is everything fine, and what changed. */
export function HealthLine({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  if (overview === undefined) return 'Asking the gateway.'
  const { status, changes } = overview
  return (
    <p className="row">
      {stateOf(status)} {changedText(changes)}
    </p>
  )
}

function stateOf(status: GetOverview['status']): ReactNode {
  const resting = status.providers.filter(({ state }) => state !== 'ready')
  if (status.draining) return <State tone="warn">Draining: new requests are refused.</State>
  if (status.troubles.some(({ unready }) => unready))
    return <State tone="bad">Not ready: what is wrong stands below.</State>
  if (resting.length > 0)
    return (
      <>
        <State tone="warn">Serving, with something to look at.</State>
        <span>
          {resting.map(({ name, state }) => `${name}: ${state}`).join('; ')}.{' '}
          <Link to="/providers">Look at providers</Link>
        </span>
      </>
    )
  if (status.troubles.length > 0 || !status.config.last_reload_ok)
    return <State tone="warn">Serving, with something to look at.</State>
  return <State tone="good">Serving normally.</State>
}

function changedText(changes: GetOverview['changes']): string {
  const of = (kind: GetOverview['changes'][number]['kind']): number =>
    changes.filter((change) => change.kind === kind).length
  const failing = changes.filter(({ kind, until }) => kind === 'incident' && until === undefined)
  const said = [
    ...failing.map(({ name }) => `${name} is failing`),
    of('incident') > failing.length
      ? `${counted(of('incident') - failing.length, 'incident')} that is over`
      : '',
    of('new-outcome') > 0 ? counted(of('new-outcome'), 'new kind of error', 'new kinds of error') : '',
    of('new-target') > 0 ? counted(of('new-target'), 'new target') : '',
  ].filter((one) => one !== '')
  return said.length === 0
    ? 'Nothing changed.'
    : `${said.join(', ')}.`.replace('incidents that is', 'incidents that are')
}
