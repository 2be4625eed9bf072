import { useState, type FormEvent, type ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failed } from '../../parts/notices.tsx'
import { ShownOnce } from './shown-once.tsx'
import { useActOnKey, type KeyLine, type NewKey } from './use-keys.ts'

/** How long the secret before may still be taken, in words. */
const OVERLAPS = [
  ['1h', 'an hour'],
  ['24h', 'a day'],
  ['7d', 'a week'],
  ['14d', 'two weeks'],
  ['0s', 'no longer: it leaked'],
] as const

/** Gives a key another secret, and shows it, once. */
export function RotateDialog({
  target,
  onClose,
}: {
  readonly target: KeyLine
  readonly onClose: () => void
}): ReactNode {
  const [rotated, setRotated] = useState<Partial<NewKey>>()
  const { exact } = useTimes()
  if (rotated?.key === undefined) return <Asking target={target} onClose={onClose} onRotated={setRotated} />
  return (
    <ShownOnce title={`${target.name} has another secret`} secret={rotated.key} onClose={onClose}>
      <p>
        {rotated.earlier === undefined
          ? 'The one before opens nothing any more.'
          : `The one before is taken until ${exact(rotated.earlier.until)}. Both count for the same key.`}
      </p>
    </ShownOnce>
  )
}

function Asking({
  target,
  onClose,
  onRotated,
}: {
  readonly target: KeyLine
  readonly onClose: () => void
  readonly onRotated: (key: Partial<NewKey>) => void
}): ReactNode {
  const rotating = useActOnKey(target.id)
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const said = [...new FormData(event.currentTarget)].flatMap(([name, value]) =>
      typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()] as const] : [],
    )
    rotating.mutate({ path: 'rotate', body: Object.fromEntries(said) }, { onSuccess: onRotated })
  }
  return (
    <Dialog
      title={`Rotate key ${target.name}`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="rotate" className="btn primary" aria-disabled={rotating.isPending}>
            {rotating.isPending ? <span className="spin" /> : null}Rotate it
          </button>
        </>
      }
    >
      {rotating.error === null ? null : <Failed error={rotating.error} what="It was not rotated." />}
      <form id="rotate" className="stack" onSubmit={submit}>
        <p className="soft">
          It gets another secret now. Limits, budget and history stay: both secrets are one key.
        </p>
        <div className="pair">
          <div className="field">
            <label htmlFor="overlap">The present secret is taken for</label>
            <select id="overlap" name="overlap" className="select" defaultValue="24h">
              {OVERLAPS.map(([time, words]) => (
                <option key={time} value={time}>
                  {words}
                </option>
              ))}
            </select>
          </div>
          <Field name="by" label="Who does it" error={undefined} />
        </div>
      </form>
    </Dialog>
  )
}
