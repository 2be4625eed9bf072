import { Link, useParams } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { Failed } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { AnsweredBy } from './answered-by.tsx'
import { AppliedNotice, DraftNotice } from './draft-notice.tsx'
import { ReviewDialog, type AppliedVersion } from './review-dialog.tsx'
import { RouteAnswer } from './route-answer.tsx'
import { StepsPane } from './steps-pane.tsx'
import { TestPane } from './test-pane.tsx'
import { useDraft } from './use-draft.ts'
import { useRoute, type RouteFacts } from './use-route.ts'
import { YamlPane } from './yaml-pane.tsx'

/** Where would a request go, and where after this change? */
export function RoutePage(): ReactNode {
  const { name } = useParams({ from: '/routes/$name' })
  const route = useRoute(name)
  if (route.data === undefined)
    return (
      <main id="main">
        <PageHead title={name} answer={route.error === null ? 'Reading the route.' : undefined} />
        {route.error === null ? null : (
          <Failed
            error={route.error}
            what="The route could not be read."
            retry={() => void route.refetch()}
          />
        )}
      </main>
    )
  return <Editor key={name} name={name} route={route.data} />
}

function Editor({ name, route }: { readonly name: string; readonly route: RouteFacts | null }): ReactNode {
  const draft = useDraft(name, route)
  const [isReviewing, setIsReviewing] = useState(false)
  const [applied, setApplied] = useState<AppliedVersion>()
  const { text, found, onEdit } = draft
  const onApplied = (version: AppliedVersion): void => {
    setIsReviewing(false)
    draft.discard()
    setApplied(version)
  }
  return (
    <main id="main">
      <PageHead title={name} answer={<RouteAnswer name={name} route={route} />}>
        {onEdit === undefined ? null : (
          <button
            type="button"
            className="btn primary"
            disabled={found?.ok !== true}
            onClick={() => setIsReviewing(true)}
          >
            Review the changes
          </button>
        )}
      </PageHead>
      <AppliedNotice version={applied} before={route?.version} onBack={() => setApplied(undefined)} />
      <DraftNotice route={route} isDraft={draft.isDraft} onDiscard={draft.discard} />
      <div className="panes">
        <StepsPane ways={draft.ways} text={text} onEdit={onEdit} models={route?.targets ?? []} />
        <YamlPane text={text} onEdit={onEdit} problems={draft.problems} state={draft.state} />
        <TestPane
          last={draft.last}
          onLast={draft.setLast}
          found={found?.what_if}
          isAsking={draft.isAsking}
          isDraft={draft.isDraft}
          error={draft.error}
        />
      </div>
      {route === null ? null : <AnsweredBy route={route} />}
      {isReviewing && found?.ok === true ? (
        <ReviewDialog
          name={name}
          before={draft.written}
          after={text}
          changes={found.changes}
          found={found.what_if}
          onClose={() => setIsReviewing(false)}
          onApplied={onApplied}
        />
      ) : null}
      <p className="small soft">
        <Link to="/routes">All routes</Link>
      </p>
    </main>
  )
}
