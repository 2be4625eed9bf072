import type { FormEvent, ReactNode } from 'react'
import type { PostExplain } from '../../api/answers.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failed } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { MODEL_OPERATIONS } from './operations.ts'
import { useExplain, type KeyLine } from './use-keys.ts'

/** May a key ask a model for something, and why not? Nothing is sent. */
export function MayItDialog({
  target,
  onClose,
}: {
  readonly target: KeyLine
  readonly onClose: () => void
}): ReactNode {
  const explaining = useExplain()
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [model, operation] = ['model', 'operation'].map((name) => form.get(name))
    if (typeof model === 'string' && typeof operation === 'string')
      explaining.mutate({ key: target.id, model: model.trim(), operation })
  }
  return (
    <Dialog
      title={`May ${target.name} …?`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Close
          </button>
          <button type="submit" form="may-it" className="btn primary" aria-disabled={explaining.isPending}>
            {explaining.isPending ? <span className="spin" /> : null}Ask
          </button>
        </>
      }
    >
      <form id="may-it" className="pair" onSubmit={submit}>
        <Field name="model" label="Model or route" error={undefined} defaultValue="auto" required autoFocus />
        <div className="field">
          <label htmlFor="may-operation">Operation</label>
          <select id="may-operation" name="operation" className="select">
            {MODEL_OPERATIONS.map(([name, words]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </div>
      </form>
      <div aria-live="polite">
        {explaining.error === null ? null : <Failed error={explaining.error} what="It may not ask." />}
        {explaining.data === undefined ? null : <Verdict told={explaining.data} />}
      </div>
    </Dialog>
  )
}

function Verdict({ told }: { readonly told: PostExplain }): ReactNode {
  const { failure, candidates, route } = told
  const first = candidates.find(({ place }) => place === 1)
  const left = candidates.filter(({ step }) => step === 'filter')
  return (
    <div className="stack verdict">
      {failure === undefined ? (
        <p>
          <State tone="good">yes</State> {route === undefined ? '' : `By the route ${route}, `}
          {first === undefined
            ? 'somebody would be asked.'
            : `${first.target} would be asked first: ${first.why}`}
        </p>
      ) : (
        <p>
          <State tone="bad">{`no, ${failure.status}`}</State> {failure.message}{' '}
          <span className="soft mono">{failure.code}</span>
        </p>
      )}
      {left.length === 0 ? null : (
        <ul className="plain soft">
          {left.slice(0, 5).map(({ target, why, detail }) => (
            <li key={target}>
              {target}: {why} {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
