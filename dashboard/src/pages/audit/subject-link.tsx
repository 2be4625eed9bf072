import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

/** Pages on which subjects of a kind are, where there is no page of each. */
const PLACES = {
  key: '/keys',
  'top-up': '/budgets',
  'config-version': '/releases',
  'config-object': '/releases',
  secret: '/settings',
  cache: '/cache',
  'alert-rule': '/alerts',
  'alert-channel': '/alerts',
  'alert-delivery': '/alerts',
  drill: '/drills',
  rehearsal: '/drills',
  guardrails: '/guardrails',
  provider: '/providers',
  playground: '/playground',
} as const

/** What something was done to, with the way there. */
export function SubjectLink({ subject }: { readonly subject: string | undefined }): ReactNode {
  if (subject === undefined) return null
  const [kind = '', ...rest] = subject.split(':')
  const id = rest.join(':')
  const shown = <bdi>{id === '' ? kind : `${kind} ${id}`}</bdi>
  if (kind === 'request' && id !== '')
    return (
      <Link to="/requests/$id" params={{ id }} title={id}>
        {shown}
      </Link>
    )
  return isPlaced(kind) ? <Link to={PLACES[kind]}>{shown}</Link> : shown
}

function isPlaced(kind: string): kind is keyof typeof PLACES {
  return Object.hasOwn(PLACES, kind)
}
