import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { asProblem } from '../../api/problem.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { isObject, readText } from '../../words/reading.ts'
import { useRequest } from '../requests/use-requests.ts'
import { AttemptsCard } from './attempts-card.tsx'
import { ContentCard } from './content-card.tsx'
import { DecisionCard } from './decision-card.tsx'
import { FactsBar } from './facts-bar.tsx'
import { NoticesCard } from './notices-card.tsx'
import { ReceiptCard } from './receipt-card.tsx'
import { Waterfall } from './waterfall.tsx'

/** Which model answered, why that one, where the time went, what it cost. */
export function RequestPage(): ReactNode {
  const { id } = useParams({ from: '/requests/$id' })
  const { data, error, refetch } = useRequest(id)
  return (
    <main id="main">
      <div className="head">
        <div>
          <div className="crumb">
            <Link to="/requests">Requests</Link>
            <Icon name="right" small />
            <span>{data?.route ?? data?.requested_model ?? '…'}</span>
          </div>
          <h1 className="row id">
            <span className="mono">{id}</span>
            <CopyButton text={id} label="Copy the id" />
          </h1>
        </div>
        {data === undefined ? null : <Marks request={data} />}
      </div>
      {error === null || error === undefined ? null : <Missing error={error} retry={refetch} />}
      {data === undefined ? error ? null : <Loading /> : <Detail request={data} />}
    </main>
  )
}

/** What kind of call it was. */
function Marks({ request }: { readonly request: GetRequestsId }): ReactNode {
  return (
    <div className="row">
      <span className="badge">{request.dialect}</span>
      <span className="badge">{request.operation}</span>
      <span className="badge">{request.stream ? 'streamed' : 'whole'}</span>
      {request.purpose === undefined ? null : (
        <span className="badge info">asked by the gateway: {request.purpose}</span>
      )}
      <SessionLink decision={request.decision} />
      {request.parent_id === undefined ? null : (
        <Link className="btn s" to="/requests/$id" params={{ id: request.parent_id }}>
          For which request
        </Link>
      )}
    </div>
  )
}

/** The session that the client named stands among the facts of the decision. */
function SessionLink({ decision }: Pick<GetRequestsId, 'decision'>): ReactNode {
  const facts = isObject(decision) ? decision['facts'] : undefined
  const session = isObject(facts) ? readText(facts, 'request.session') : undefined
  if (session === undefined || session === '') return null
  return (
    <Link className="btn s" to="/sessions/$id" params={{ id: session }} title={`Session ${session}`}>
      Its session
    </Link>
  )
}

function Detail({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { attempt_rows: rows } = request
  return (
    <>
      <FactsBar request={request} />
      <DecisionCard request={request} />
      <div className="grid fill">
        <Waterfall request={request} />
        <ReceiptCard request={request} />
      </div>
      <AttemptsCard rows={rows} />
      <NoticesCard notices={request.notices} />
      <ContentCard key={request.id} request={request} />
    </>
  )
}

function Missing({ error, retry }: { readonly error: unknown; readonly retry: () => unknown }): ReactNode {
  if (asProblem(error).facts.status !== 404)
    return <Failed error={error} what="The request could not be read." retry={() => void retry()} />
  return (
    <section className="card">
      <Empty title="There is no such request in the log">
        <p>It may be older than the log is kept, or a second young: lines are written in batches.</p>
        <p>
          <button type="button" className="btn" onClick={() => void retry()}>
            Look again
          </button>
        </p>
      </Empty>
    </section>
  )
}

const TALL = [64, 220, 180]

function Loading(): ReactNode {
  return TALL.map((height) => (
    <div key={height} className="card" aria-hidden="true" style={{ height, padding: 16 }}>
      <span className="sk" style={{ '--w': '32%' }} />
    </div>
  ))
}
