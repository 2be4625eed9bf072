import { useState, type FormEvent, type ReactNode } from 'react'
import { asProblem } from '../../api/problem.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Failed } from '../../parts/notices.tsx'
import { KeyForm } from './key-form.tsx'
import { readKeyFields } from './read-key-fields.ts'
import { ShownOnce } from './shown-once.tsx'
import { useWriteKey, type KeyLine } from './use-keys.ts'

/** Asks what a key may do: of a new one, whose text it shows, once, or of one that there is. */
export function KeyDialog({
  known,
  onClose,
}: {
  readonly known?: KeyLine | undefined
  readonly onClose: () => void
}): ReactNode {
  const [made, setMade] = useState<{ readonly name: string; readonly key: string }>()
  const writing = useWriteKey(known?.id)
  if (made !== undefined)
    return <ShownOnce title={`Key ${made.name} is made`} secret={made.key} onClose={onClose} />
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    writing.mutate(readKeyFields(new FormData(event.currentTarget)), {
      onSuccess: ({ name = '', key }) => (key === undefined ? onClose() : setMade({ name, key })),
    })
  }
  const lines = writing.error === null ? [] : (asProblem(writing.error).facts.errors ?? [])
  return (
    <Dialog
      title={known === undefined ? 'Make a key' : `Edit key ${known.name}`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="key-fields" className="btn primary" aria-disabled={writing.isPending}>
            {writing.isPending ? <span className="spin" /> : null}
            {known === undefined ? 'Make the key' : 'Save'}
          </button>
        </>
      }
    >
      {writing.error !== null && lines.length === 0 ? (
        <Failed error={writing.error} what="Nothing was changed." />
      ) : null}
      <form id="key-fields" className="stack" onSubmit={submit}>
        <KeyForm known={known} lines={lines} />
      </form>
    </Dialog>
  )
}
