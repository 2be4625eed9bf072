import { diffLines } from 'diff'
import { useState, type ReactNode } from 'react'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { useApply, type Checked } from './use-route.ts'

/** A version that was made. */
export interface AppliedVersion {
  readonly number: number
  readonly isTried: boolean
}

export interface ReviewDialogProps {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly changes: Checked['changes']
  readonly found: Checked['what_if']
  readonly onClose: () => void
  /** Told of the version that is in force now, or tried. */
  readonly onApplied: (version: AppliedVersion) => void
}

/** What a draft changes, in words and by lines, before it is put in force. */
export function ReviewDialog(props: ReviewDialogProps): ReactNode {
  const { name, before, after, changes, found, onClose, onApplied } = props
  const [comment, setComment] = useState('')
  const [share, setShare] = useState<number>()
  const applying = useApply(name)
  const apply = (): void =>
    applying.mutate(
      { yaml: after, comment, share },
      {
        onSuccess: ({ version: { number, state } }) => onApplied({ number, isTried: state === 'tried' }),
      },
    )
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
            {applying.isPending ? <span className="spin" /> : null}
            {share === undefined ? 'Put it in force' : 'Try it'}
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
        <Shares share={share} onShare={setShare} />
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

const SHARES = [1, 10, 50] as const

/** Whether it is for everybody at once, or tried on some of the users first. */
function Shares({
  share,
  onShare,
}: {
  readonly share: number | undefined
  readonly onShare: (share: number | undefined) => void
}): ReactNode {
  return (
    <div className="field">
      <span className="label" id="shares">
        For whom
      </span>
      <div>
        <div className="seg" role="group" aria-labelledby="shares">
          {[undefined, ...SHARES].map((many) => (
            <button key={many ?? 0} type="button" aria-pressed={many === share} onClick={() => onShare(many)}>
              {many === undefined ? 'Everybody' : `${many} % first`}
            </button>
          ))}
        </div>
      </div>
      {share === undefined ? null : (
        <p className="small soft">
          Tried on {share} % of the users beside what is in force, and given up by itself when it does worse.
        </p>
      )}
    </div>
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
