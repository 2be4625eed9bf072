import type { ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { Wide } from '../../parts/wide.tsx'
import type { GetRequestsId } from '../../api/answers.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Who } from '../../parts/who.tsx'
import { REASONS } from '../../words/reasons.ts'
import { isObject, type Unread } from '../../words/reading.ts'
import { candidatesOf, stepsOf, type Candidate } from './candidates.ts'
import { ReplayLine } from './replay-line.tsx'
import { tellWay } from './tell-way.ts'
import { isServing, wasAnswered, WhatHappened } from './what-happened.tsx'

/** Why a request went where it went: the way that led to its targets, and every target that was considered. */
export function DecisionCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { decision, decision_id: id, plan, at } = request
  const times = useTimes()
  return (
    <section className="card" aria-labelledby="h-why">
      <header className="ruled">
        <h2 id="h-why">Why it went here</h2>
        <span className="small soft row">
          {id === undefined ? null : (
            <>
              <span>
                decision <code>{id}</code>
              </span>
              <CopyButton text={id} label="Copy the id of the decision" />
            </>
          )}
          <span>
            plan {plan} · {times.exact(at)}
          </span>
        </span>
      </header>
      {isObject(decision) ? (
        <Decided decision={decision} replay={request.replay} />
      ) : (
        <NothingDecided request={request} />
      )}
    </section>
  )
}

function NothingDecided({ request: { outcome } }: { readonly request: GetRequestsId }): ReactNode {
  return (
    <Empty title="Nothing was decided">
      <p>It ended before a target was looked for: {outcome}.</p>
    </Empty>
  )
}

function Decided({
  decision,
  replay,
}: {
  readonly decision: Unread
  readonly replay: GetRequestsId['replay']
}): ReactNode {
  const { rows, more, strategy } = candidatesOf(decision)
  const way = stepsOf(decision).flatMap(tellWay)
  const isAnswered = wasAnswered(rows)
  return (
    <>
      {way.length === 0 ? null : (
        <ol className="steps">
          {way.map(({ name, text }, index) => (
            <li key={index}>
              <b className="strong">{name}</b> <span className="soft">{text}</span>
            </li>
          ))}
        </ol>
      )}
      <Wide label="Candidates" className="stacked decision">
        <table className="top-aligned">
          <thead>
            <tr>
              <th scope="col" className="num place">
                <span className="vh">Order</span>
              </th>
              <th scope="col">Candidate</th>
              <th scope="col">Verdict</th>
              <th scope="col">Reason</th>
              <th scope="col">What happened</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((candidate, index) => (
              <Row key={candidate.target} candidate={candidate} place={index + 1} isAnswered={isAnswered} />
            ))}
          </tbody>
        </table>
      </Wide>
      {rows.length === 0 ? <Empty title="No target was considered">{null}</Empty> : null}
      <footer className="row">
        {strategy === '' ? 'No order was made.' : `Strategy: ${strategy}.`}
        {more === 0 ? null : ` ${more} more are only counted in the record.`}
        <ReplayLine replay={replay} />
      </footer>
    </>
  )
}

interface RowProps {
  readonly candidate: Candidate
  readonly place: number
  readonly isAnswered: boolean
}

function Row({ candidate, place, isAnswered }: RowProps): ReactNode {
  const { target, isEligible, reason, detail } = candidate
  const row = isServing(candidate) ? 'served' : isEligible ? '' : 'skipped'
  return (
    <tr className={row}>
      <td className="num soft">{place}</td>
      <td>
        <Who name={target} />
      </td>
      <td>{isEligible ? <State tone="good">eligible</State> : <State tone="soft">left out</State>}</td>
      <td title={REASONS[reason]}>
        {reason}
        {detail === '' ? null : <span className="sub">{detail}</span>}
      </td>
      <td>
        <WhatHappened candidate={candidate} isAnswered={isAnswered} />
      </td>
    </tr>
  )
}
