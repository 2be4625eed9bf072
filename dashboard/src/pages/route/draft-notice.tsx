import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import type { AppliedVersion } from './review-dialog.tsx'
import { useRollBack, type RouteFacts } from './use-route.ts'

/** Where the route is written, and what becomes of a draft. */
export function DraftNotice({
  route,
  isDraft,
  onDiscard,
}: {
  readonly route: RouteFacts | null
  readonly isDraft: boolean
  readonly onDiscard: () => void
}): ReactNode {
  if (route?.origin === 'file')
    return (
      <Notice tone="info">
        It stands in the file{route.line === undefined ? '' : `, line ${route.line}`}, and is changed there:
        the gateway takes the file over when it is right. Copy the YAML to begin with.
      </Notice>
    )
  if (!isDraft) return null
  return (
    <div className="notice info">
      <Icon name="info" />
      <div>
        <b className="strong">A draft.</b> Requests go as before until it is put in force
        {route?.version === undefined ? '' : `; version ${route.version} holds`}.
      </div>
      {route === null ? null : (
        <button type="button" className="btn quiet s" onClick={onDiscard}>
          Discard
        </button>
      )}
    </div>
  )
}

/** What is in force now, and the way back. */
export function AppliedNotice({
  version,
  before,
  onBack,
}: {
  readonly version: AppliedVersion | undefined
  readonly before: number | undefined
  readonly onBack: () => void
}): ReactNode {
  const back = useRollBack()
  if (version === undefined) return null
  const { number, isTried } = version
  if (isTried) return <TriedNotice number={number} />
  const previous = before !== undefined && before < number ? before : number - 1
  return (
    <>
      {back.error === null ? null : <Failed error={back.error} what="It could not be taken back." />}
      <div className="notice info" role="status">
        <Icon name="check" tone="good" />
        <div>
          <b className="strong">Version {number} is in force.</b> Every request from now on is decided by it.
        </div>
        {previous < 1 ? null : (
          <button
            type="button"
            className="btn quiet s"
            aria-disabled={back.isPending}
            onClick={() => back.mutate(previous, { onSuccess: onBack })}
          >
            Back to version {previous}
          </button>
        )}
      </div>
    </>
  )
}

function TriedNotice({ number }: { readonly number: number }): ReactNode {
  return (
    <div className="notice info" role="status">
      <Icon name="info" />
      <div>
        <b className="strong">Version {number} is being tried.</b> How it does, and what becomes of it:{' '}
        <Link to="/releases">Releases</Link>.
      </div>
    </div>
  )
}
