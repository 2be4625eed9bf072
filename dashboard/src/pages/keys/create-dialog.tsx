import { useState, type FormEvent, type ReactNode } from 'react'
import { asProblem, sentenceOf, type ProblemLine } from '../../api/problem.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failed, Notice } from '../../parts/notices.tsx'
import { readKeyFields } from './read-key-fields.ts'
import { useCreateKey, type NewKey } from './use-keys.ts'

const WINDOWS = ['month', 'week', 'day', 'hour', 'total'] as const

/** Asks what a key may do, makes it, and shows its text, once. */
export function CreateDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [made, setMade] = useState<NewKey>()
  return made === undefined ? (
    <Asking onClose={onClose} onMade={setMade} />
  ) : (
    <Made made={made} onClose={onClose} />
  )
}

function Asking({
  onClose,
  onMade,
}: {
  readonly onClose: () => void
  readonly onMade: (key: NewKey) => void
}): ReactNode {
  const creating = useCreateKey()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    creating.mutate(readKeyFields(new FormData(event.currentTarget)), { onSuccess: onMade })
  }
  const lines = creating.error === null ? [] : (asProblem(creating.error).facts.errors ?? [])
  return (
    <Dialog
      title="Make a key"
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="new-key" className="btn primary" aria-disabled={creating.isPending}>
            {creating.isPending ? <span className="spin" /> : null}Make the key
          </button>
        </>
      }
    >
      {creating.error !== null && lines.length === 0 ? (
        <Failed error={creating.error} what="No key was made." />
      ) : null}
      <form id="new-key" className="stack" onSubmit={submit}>
        <KeyForm lines={lines} />
      </form>
    </Dialog>
  )
}

function KeyForm({ lines }: { readonly lines: readonly ProblemLine[] }): ReactNode {
  const about = (path: string): string | undefined => {
    const line = lines.find(
      ({ path: one }) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`),
    )
    return line === undefined ? undefined : sentenceOf(line)
  }
  return (
    <>
      <Field
        name="name"
        label="Name"
        error={about('name')}
        hint="How it is called on screens and in the log."
        required
        autoFocus
      />
      <Field
        name="project"
        label="Project"
        error={about('project')}
        hint="One that the configuration declares, or none."
      />
      <Field
        name="models"
        label="Models"
        error={about('models')}
        hint="Routes and models, with commas between; nothing means all."
      />
      <div className="pair">
        <Field name="rpm" label="Requests a minute" error={about('rpm')} inputMode="numeric" />
        <Field name="expires" label="Last day" type="date" error={about('expires')} />
      </div>
      <div className="pair">
        <Field name="budget" label="Budget in US dollars" error={about('budget')} inputMode="decimal" />
        <div className="field">
          <label htmlFor="key-per">for each</label>
          <select id="key-per" name="per" className="select">
            {WINDOWS.map((window) => (
              <option key={window} value={window}>
                {window === 'total' ? 'whole life' : window}
              </option>
            ))}
          </select>
        </div>
      </div>
    </>
  )
}

/** It can be left only by its button: what is shown here is shown nowhere again. */
function Made({ made, onClose }: { readonly made: NewKey; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog
      title={`Key ${made.name} is made`}
      footer={
        <button type="button" className="btn primary" onClick={onClose}>
          I have it
        </button>
      }
    >
      <Notice tone="warn">This is the only time that it is shown. The gateway keeps a hash of it.</Notice>
      <div className="code with-copy">
        <pre className="secret">{made.key}</pre>
        <CopyButton text={made.key} label="Copy the key" word="Copy" />
      </div>
    </Dialog>
  )
}
