import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Empty, Failed } from '../../parts/notices.tsx'
import { isMissing } from './use-view.ts'

const ID = /^(req|dec)_[0-9A-Za-z]+$/

/** Why there is nothing to show, and what to do. */
export function Missing({
  id,
  error,
  retry,
}: {
  readonly id: string
  readonly error: unknown
  readonly retry: () => void
}): ReactNode {
  if (!isMissing(error))
    return <Failed error={error} what="The request could not be read." retry={() => retry()} />
  return (
    <section className="card">
      <Empty title="There is no such request in the log">
        {ID.test(id) ? (
          <ul className="ways">
            <li>It may be a second young: lines are written in batches. This page looks again by itself.</li>
            <li>
              It may be older than the log is kept; <Link to="/settings">Settings</Link> has how long, under{' '}
              <code>logs</code>.
            </li>
            <li>It may be of another gateway: each knows its own requests.</li>
          </ul>
        ) : (
          <p>
            This is not an id of a request: those begin with <code>req_</code>, and stand in the header{' '}
            <code>x-request-id</code> of every answer. Ids of decisions, <code>dec_</code>, lead here as well.
          </p>
        )}
        <p className="row">
          <button type="button" className="btn" onClick={retry}>
            Look again
          </button>
          <Link className="btn" to="/requests">
            All requests
          </Link>
        </p>
      </Empty>
    </section>
  )
}
