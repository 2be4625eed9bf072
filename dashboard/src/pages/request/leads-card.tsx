import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { isObject, readText } from '../../words/reading.ts'
import { termOf } from '../requests/filters.ts'

/** Where one goes on from here: its route, its session, its key, and all that is like it. */
export function LeadsCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { route, target, key_id: key, key_name: keyName, parent_id: parent } = request
  const [session, client] = ['request.session', 'client.name'].map((name) => factOf(request, name))
  return (
    <section className="card" aria-labelledby="h-leads">
      <header>
        <h2 id="h-leads">Where it belongs</h2>
        <Link className="btn s" to="/requests" search={{ q: likeIt(request) }}>
          All like it
        </Link>
      </header>
      <dl className="body facts leads">
        {route === undefined ? null : (
          <Lead name="Route" all={termOf('route', route)}>
            {/* A model that is asked by its own name has no page as a route. */}
            {route.includes('/') ? (
              route
            ) : (
              <Link to="/routes/$name" params={{ name: route }}>
                {route}
              </Link>
            )}
          </Lead>
        )}
        {target === undefined ? null : (
          <Lead name="Answered by" all={termOf('target', target)}>
            <Link to="/providers">{target}</Link>
          </Lead>
        )}
        {key === undefined ? null : (
          <Lead name="Key" all={termOf('key', key)}>
            <Link to="/keys">{keyName ?? key}</Link>
          </Lead>
        )}
        {session === undefined ? null : (
          <Lead name="Session" all={termOf('session', session)}>
            <Link to="/sessions/$id" params={{ id: session }}>
              <bdi>{session}</bdi>
            </Link>
          </Lead>
        )}
        {client === undefined ? null : (
          <Lead name="Program" all={termOf('client', client)}>
            {client}
          </Lead>
        )}
        {parent === undefined ? null : (
          <Lead name="Asked for" all={termOf('parent', parent)}>
            <Link to="/requests/$id" params={{ id: parent }}>
              {parent}
            </Link>
          </Lead>
        )}
        <Lead name="Plan" all={termOf('plan', request.plan)}>
          <Link to="/releases">{request.plan}</Link>
        </Lead>
      </dl>
    </section>
  )
}

function Lead({
  name,
  all,
  children,
}: {
  readonly name: string
  /** The query of all that have the same. */
  readonly all: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <span className="lead">{children}</span>
        <Link className="small" to="/requests" search={{ q: all }} aria-label={`Requests of ${all}`}>
          requests
        </Link>
      </dd>
    </>
  )
}

/** The same route, the same end, the same target: what is usually meant. */
function likeIt({ route, requested_model: model, outcome, target }: GetRequestsId): string {
  return [
    route === undefined ? termOf('model', model) : termOf('route', route),
    termOf('outcome', outcome),
    ...(target === undefined ? [] : [termOf('target', target)]),
  ].join(' ')
}

/** A fact that stands in the record of the decision. */
function factOf({ decision }: GetRequestsId, name: string): string | undefined {
  const facts = isObject(decision) ? decision['facts'] : undefined
  const text = isObject(facts) ? readText(facts, name) : undefined
  return text === '' ? undefined : text
}
