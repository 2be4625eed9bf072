import type { ReactNode } from 'react'
import type { GetConfigVersionsNumber } from '../../api/answers.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { useRollBack } from '../route/use-route.ts'
import { useVersion } from './use-releases.ts'

/** One version: what it changed, what going back to it would change, its documents. */
export function VersionDialog({
  number,
  onClose,
}: {
  readonly number: number
  readonly onClose: () => void
}): ReactNode {
  const version = useVersion(number)
  const back = useRollBack()
  const { data } = version
  const isOver = data !== undefined && data.state !== 'in-force' && data.state !== 'tried'
  const isBack = isOver && data.against_now?.ok === true
  return (
    <Dialog
      title={`Version ${number}`}
      isWide
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          {isBack ? (
            <button
              type="button"
              className="btn danger"
              aria-disabled={back.isPending}
              onClick={() => back.mutate(number, { onSuccess: onClose })}
            >
              Go back to version {number}
            </button>
          ) : null}
        </>
      }
    >
      <div className="stack">
        {version.error === null ? null : (
          <Failed error={version.error} what="The version could not be read." />
        )}
        {back.error === null ? null : <Failed error={back.error} what="Nothing was changed." />}
        {data === undefined ? null : <Told version={data} />}
      </div>
    </Dialog>
  )
}

/** What it changed and says. */
function Told({ version }: { readonly version: GetConfigVersionsNumber }): ReactNode {
  const { changes, against_now: now, managed, file } = version
  return (
    <>
      <Words title="What it changed" lines={changes} none="Nothing that can be told apart." />
      {now === null ? null : (
        <Words
          title="What going back would change now"
          lines={now.changes.map(({ text }) => text)}
          none="Nothing: it says what is in force."
        />
      )}
      {now?.ok === false ? (
        <Notice tone="warn">
          It cannot be put in force now: {now.problems[0]?.path}: {now.problems[0]?.message}.
        </Notice>
      ) : null}
      <Text title="Managed here" text={managed} />
      <Text title="File" text={file} />
    </>
  )
}

function Words({
  title,
  lines,
  none,
}: {
  readonly title: string
  readonly lines: readonly string[]
  readonly none: string
}): ReactNode {
  return (
    <section>
      <h3>{title}</h3>
      {lines.length === 0 ? (
        <p className="soft small">{none}</p>
      ) : (
        <ul className="changes">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Text({ title, text }: { readonly title: string; readonly text: string | null }): ReactNode {
  if (text === '' || text === null) return null
  return (
    <section>
      <h3>{title}</h3>
      <div className="code">
        <pre tabIndex={0} aria-label={title}>
          {text}
        </pre>
      </div>
    </section>
  )
}
