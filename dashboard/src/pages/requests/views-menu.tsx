import { Link } from '@tanstack/react-router'
import type { FormEvent, ReactNode } from 'react'
import { asProblem, sentenceOf } from '../../api/problem.ts'
import { Icon } from '../../parts/icon.tsx'
import { Popover } from '../../parts/popover.tsx'
import { useSaveView, useViews, type SavedView } from './use-views.ts'

/** Queries that are kept under a name: gone to, kept anew, forgotten, and made a rule that rings. */
export function ViewsMenu({ q }: { readonly q: string | undefined }): ReactNode {
  const { data } = useViews()
  const views = data?.data ?? []
  const shown = views.find((view) => view.q === q)
  return (
    <Popover
      kind="dialog"
      label={shown === undefined ? 'Saved views' : `Saved views: ${shown.name}`}
      className="btn s"
      button={
        <>
          {shown?.name ?? 'Saved views'}
          <Icon name="down" small />
        </>
      }
    >
      {(close) => (
        <div className="views">
          {views.length === 0 ? (
            <p className="soft small">A query that is saved here is there for everybody who looks.</p>
          ) : (
            <ul>
              {views.map((view) => (
                <ViewLine key={view.name} view={view} isShown={view === shown} onGo={close} />
              ))}
            </ul>
          )}
          {q === undefined ? (
            <p className="soft small">Ask for something, and it can be kept under a name.</p>
          ) : (
            <SaveForm q={q} />
          )}
        </div>
      )}
    </Popover>
  )
}

interface ViewLineProps {
  readonly view: SavedView
  readonly isShown: boolean
  readonly onGo: () => void
}

function ViewLine({ view: { name, q }, isShown, onGo }: ViewLineProps): ReactNode {
  const { mutate } = useSaveView()
  return (
    <li>
      <Link to="/requests" search={{ q }} onClick={onGo} aria-current={isShown ? 'true' : undefined}>
        {name}
        <code>{q}</code>
      </Link>
      <Link
        className="btn quiet only s"
        to="/alerts"
        search={{ measure: 'requests', q }}
        aria-label={`Make an alert of ${name}`}
        title="Make an alert of it"
      >
        <Icon name="alerts" />
      </Link>
      <button
        type="button"
        className="btn quiet only s"
        aria-label={`Forget ${name}`}
        title="Forget it"
        onClick={() => mutate({ name })}
      >
        <Icon name="cross" />
      </button>
    </li>
  )
}

function SaveForm({ q }: { readonly q: string }): ReactNode {
  const { mutate, error, isPending, isSuccess } = useSaveView()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get('name')
    if (typeof name === 'string') mutate({ name: name.trim(), q })
  }
  return (
    <form className="field" onSubmit={submit}>
      <label htmlFor="view-name">Save this query as</label>
      <div className="row">
        <input
          id="view-name"
          name="name"
          className="input"
          required
          maxLength={60}
          autoComplete="off"
          placeholder="slow support"
          aria-describedby="view-said"
        />
        <button type="submit" className="btn s" disabled={isPending}>
          Save
        </button>
      </div>
      <span id="view-said" className={error === null ? 'hint' : 'error'} aria-live="polite">
        {error === null
          ? isSuccess
            ? 'Saved. On the command line: gatehouse logs --view NAME.'
            : ''
          : mistakeOf(error)}
      </span>
    </form>
  )
}

function mistakeOf(error: unknown): string {
  const { errors = [], detail, title } = asProblem(error).facts
  const [line] = errors
  return line === undefined ? (detail ?? title) : sentenceOf(line)
}
