import { Link, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useNeighbours } from './use-view.ts'

/** Which request it is, those beside it in the list that one came from, and what can be done with it. */
export function RequestHead({
  id,
  request,
}: {
  readonly id: string
  readonly request: GetRequestsId | undefined
}): ReactNode {
  const { q } = useSearch({ from: '/requests/$id' })
  return (
    <div className="head">
      <div>
        <div className="crumb">
          <Link to="/requests" search={q === undefined ? {} : { q }}>
            Requests
          </Link>
          <Icon name="right" small />
          <span>{q ?? request?.route ?? request?.requested_model ?? '…'}</span>
        </div>
        <h1 className="row id">
          <span className="mono">{request?.id ?? id}</span>
          <CopyButton text={request?.id ?? id} label="Copy the id" />
        </h1>
      </div>
      <div className="row">
        {request === undefined ? null : (
          <>
            <Beside neighbours={request.neighbours} />
            <Acts request={request} />
          </>
        )}
      </div>
    </div>
  )
}

function Beside({ neighbours }: { readonly neighbours: GetRequestsId['neighbours'] }): ReactNode {
  const { toNewer, toOlder } = useNeighbours(neighbours)
  return (
    <span className="beside">
      <Step name="Newer" letter="k" icon="left" go={toNewer} />
      <Step name="Older" letter="j" icon="right" go={toOlder} />
    </span>
  )
}

interface StepProps {
  readonly name: string
  /** The key that does the same. */
  readonly letter: string
  readonly icon: 'left' | 'right'
  /** Absent where there is nobody on that side. */
  readonly go: (() => void) | undefined
}

function Step({ name, letter, icon, go }: StepProps): ReactNode {
  return (
    <button
      type="button"
      className="btn quiet only"
      aria-label={`${name} request (${letter})`}
      title={`${name} (${letter})`}
      disabled={go === undefined}
      onClick={go}
    >
      <Icon name={icon} />
    </button>
  )
}

function Acts({ request: { id, curl, operation } }: { readonly request: GetRequestsId }): ReactNode {
  return (
    <>
      {curl === undefined ? null : <CopyButton text={curl} label="Copy as curl" word="Copy as curl" />}
      {operation === 'chat' ? (
        <Link className="btn s" to="/playground" search={{ request: id }}>
          <Icon name="playground" />
          Open in playground
        </Link>
      ) : null}
    </>
  )
}
