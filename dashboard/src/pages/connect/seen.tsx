import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetConnectClient } from '../../api/answers.ts'
import { useNow } from '../../app/use-now.ts'
import { State } from '../../parts/state.tsx'
import { age } from '../../words/numbers.ts'

/** Whether it has asked yet; flips by itself when it does. */
export function Seen({
  settings: { title, calls_itself: names, seen },
  byKey,
  hasKey,
}: {
  readonly settings: GetConnectClient
  /** A request of the chosen key since the page was opened. */
  readonly byKey: string | undefined
  readonly hasKey: boolean
}): ReactNode {
  const now = useNow()
  const id = names.length === 0 ? byKey : seen?.request_id
  return (
    <section className="card" aria-label="First request">
      <header>
        <h2>First request</h2>
      </header>
      <div className="body stack" aria-live="polite">
        {id === undefined ? (
          <p className="row">
            <span className="spin" /> Waiting for the first request from {title}
          </p>
        ) : (
          <>
            <State tone="good">{title} is connected</State>
            <p>
              <Link to="/requests/$id" params={{ id }}>
                Its latest request
              </Link>
              {seen === null || names.length === 0 ? null : (
                <span className="soft"> {age(now - Date.parse(seen.at))} ago</span>
              )}
            </p>
          </>
        )}
        <p className="small soft">{howKnown(names, hasKey)}</p>
      </div>
    </section>
  )
}

function howKnown(names: readonly string[], hasKey: boolean): string {
  if (names.length > 0) return `Known by what it calls itself: ${names.join(', ')}.`
  return hasKey
    ? 'It calls itself what many programs do, so any request of the chosen key counts.'
    : 'It calls itself what many programs do: choose a key, and its first request counts.'
}
