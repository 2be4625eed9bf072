import { diffLines } from 'diff'
import { useState, type ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { useApply, type Checked } from './use-route.ts'

export interface ReviewDialogProps {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly changes: Checked['changes']
  readonly found: Checked['what_if']
  readonly onClose: () => void
  /** Told of the version that is in force now. */
  readonly onApplied: (version: number) => void
}

/** What a draft changes, in words and by lines, before it is put in force. */
export function ReviewDialog(props: ReviewDialogProps): ReactNode {
  const { name, before, after, changes, found, onClose, onApplied } = props
  const [comment, setComment] = useState('')
  const applying = useApply(name)
  const apply = (): void =>
    applying.mutate({ yaml: after, comment }, { onSuccess: ({ version }) => onApplied(version.number) })
  return (
    <Dialog
      title={`Review the changes of ${name}`}
      isWide
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Go on editing
          </button>
          <button type="button" className="btn primary" aria-disabled={applying.isPending} onClick={apply}>
            {applying.isPending ? <span className="spin" /> : null}Put it in force
          </button>
        </>
      }
    >
      <div className="stack">
        {applying.error === null ? null : <Failed error={applying.error} what="Nothing was changed." />}
        <Warnings found={found} />
        <ul className="changes">
          {changes.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
        <Lines before={before} after={after} />
        <div className="field">
          <label htmlFor="comment">Why</label>
          <input
            id="comment"
            className="input"
            value={comment}
            maxLength={2_000}
            placeholder="Stands with the version"
            onChange={({ target }) => setComment(target.value)}
          />
        </div>
      </div>
    </Dialog>
  )
}

/** What of the compared requests would go wrong. */
function Warnings({ found }: Pick<ReviewDialogProps, 'found'>): ReactNode {
  const sum = (kinds: readonly { readonly requests: number }[] = []): number =>
    kinds.reduce((all, { requests }) => all + requests, 0)
  const unroutable = sum(found?.newly_unroutable)
  const broken = sum(found?.constraints_broken)
  return (
    <>
      {unroutable === 0 ? null : (
        <Notice tone="warn">{unroutable} of the compared requests would have nobody left to ask.</Notice>
      )}
      {broken === 0 ? null : (
        <Notice tone="bad">{broken} of the compared requests would go where a rule forbids it.</Notice>
      )}
    </>
  )
}

function Lines({ before, after }: Pick<ReviewDialogProps, 'before' | 'after'>): ReactNode {
  return (
    <div className="code lines">
      <pre tabIndex={0} aria-label="Lines that change">
        {linesOf(before, after).map(({ kind, number, text }, place) => (
          <span key={place} className={`ln ${kind}`} data-n={number}>
            {text}
          </span>
        ))}
      </pre>
    </div>
  )
}

interface Line {
  readonly kind: 'add' | 'del' | ''
  readonly number: string
  readonly text: string
}

/** Both texts in one, with the numbers of the new one. */
function linesOf(before: string, after: string): readonly Line[] {
  let number = 0
  return diffLines(before, after).flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): Line => {
        if (removed) return { kind: 'del', number: '−', text }
        number += 1
        return { kind: added ? 'add' : '', number: String(number), text }
      }),
  )
}
