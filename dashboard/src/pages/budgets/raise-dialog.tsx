import type { FormEvent, ReactNode } from 'react'
import { asProblem, sentenceOf } from '../../api/problem.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Failed } from '../../parts/notices.tsx'
import { total } from '../../words/money.ts'
import { WINDOW_NAMES } from './states.tsx'
import { useRaise, type Budget, type Raise } from './use-budgets.ts'

/** Asks by how much, until when, and why. */
export function RaiseDialog({
  budget,
  onClose,
}: {
  readonly budget: Budget
  readonly onClose: () => void
}): ReactNode {
  const raising = useRaise()
  const lines = raising.error === null ? [] : (asProblem(raising.error).facts.errors ?? [])
  const about = (path: string): string | undefined => {
    const line = lines.find((one) => one.path === path)
    return line && sentenceOf(line)
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    raising.mutate(readRaise(new FormData(event.currentTarget), budget), { onSuccess: onClose })
  }
  return (
    <Dialog
      title={`Raise the budget of ${budget.name}`}
      onClose={onClose}
      footer={
        <>
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" form="raise" className="btn primary" aria-disabled={raising.isPending}>
            {raising.isPending ? <span className="spin" /> : null}Raise it
          </button>
        </>
      }
    >
      {raising.error !== null && lines.length === 0 ? (
        <Failed error={raising.error} what="It was not raised." />
      ) : null}
      <form id="raise" className="stack" onSubmit={submit}>
        <RaiseFields budget={budget} about={about} />
      </form>
    </Dialog>
  )
}

function RaiseFields({
  budget,
  about,
}: {
  readonly budget: Budget
  readonly about: (path: string) => string | undefined
}): ReactNode {
  return (
    <>
      <p className="soft">
        It is {total(budget.limit)} for each {WINDOW_NAMES[budget.per]} now. What is added holds for the next
        request, ends by itself, and stays on record.
      </p>
      <div className="pair">
        <Field
          name="usd"
          label="US dollars more"
          error={about('usd')}
          inputMode="decimal"
          required
          autoFocus
        />
        <Field
          name="until"
          label="Until, the first day without it"
          type="date"
          error={about('until')}
          required
        />
      </div>
      <Field name="reason" label="Why" error={about('reason')} required />
      <Field name="by" label="Who says so" error={about('by')} />
    </>
  )
}

/** What the form says; the gateway checks it. */
function readRaise(form: FormData, { scope, owner, per }: Budget): Raise {
  const text = (name: string): string => {
    const value = form.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const by = text('by')
  return {
    scope,
    owner,
    per,
    usd: Number(text('usd')),
    until: text('until'),
    reason: text('reason'),
    ...(by === '' ? {} : { by }),
  }
}
