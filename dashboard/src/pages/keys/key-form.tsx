import { useState, type ReactNode } from 'react'
import { sentenceOf, type ProblemLine } from '../../api/problem.ts'
import { Field } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { exactAmount } from '../../words/money.ts'
import { OPERATIONS } from './operations.ts'
import { Where, type About } from './key-where.tsx'
import type { KeyLine } from './use-keys.ts'

const WINDOWS = ['month', 'week', 'day', 'hour', 'total'] as const

/** Asks what a key may do, with what it may do already in it. */
export function KeyForm({
  known,
  lines,
}: {
  readonly known?: KeyLine | undefined
  readonly lines: readonly ProblemLine[]
}): ReactNode {
  const about: About = (path) => {
    const line = lines.find(
      ({ path: one }) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`),
    )
    return line === undefined ? undefined : sentenceOf(line)
  }
  return (
    <>
      <div className="pair">
        <Field name="name" label="Name" error={about('name')} defaultValue={known?.name} required autoFocus />
        <Field
          name="project"
          label="Project"
          error={about('project')}
          defaultValue={known?.project}
          hint="One that the configuration declares, or none."
        />
      </div>
      <Field
        name="models"
        label="Models"
        error={about('models')}
        defaultValue={known?.models?.join(', ')}
        hint="Routes and models, with commas between; nothing means all."
      />
      <Operations known={known} error={about('endpoints')} />
      <Rates known={known} about={about} />
      <Budgets known={known} error={about('budgets')} />
      <div className="pair">
        <Field
          name="expires"
          label="Last day"
          type="date"
          error={about('expires')}
          defaultValue={known?.expires_at?.slice(0, 10)}
        />
        <Field
          name="addresses"
          label="Addresses"
          error={about('addresses')}
          defaultValue={known?.addresses?.join(', ')}
          hint="Such as 10.0.0.0/8; nothing means any."
        />
      </div>
      <Where known={known} about={about} />
    </>
  )
}

/** What is asked about a part of a key. */
interface Part {
  readonly known: KeyLine | undefined
  readonly about: About
}

function Rates({ known, about }: Part): ReactNode {
  return (
    <div className="triple">
      <Field
        name="rpm"
        label="Requests a minute"
        error={about('rpm')}
        defaultValue={known?.limits.rpm}
        inputMode="numeric"
      />
      <Field name="tpm" label="Tokens a minute" error={about('tpm')} defaultValue={known?.limits.tpm} />
      <Field
        name="concurrent"
        label="At the same time"
        error={about('concurrent')}
        defaultValue={known?.limits.concurrent}
        inputMode="numeric"
      />
    </div>
  )
}

function Operations({
  known,
  error,
}: {
  readonly known: KeyLine | undefined
  readonly error: string | undefined
}): ReactNode {
  return (
    <fieldset className="field choices">
      <legend className="label">Operations, all where none is chosen</legend>
      {OPERATIONS.map(([name, words]) => (
        <label key={name}>
          <input
            type="checkbox"
            name="endpoints"
            value={name}
            defaultChecked={known?.endpoints?.includes(name)}
          />
          {words}
        </label>
      ))}
      {error === undefined ? null : <span className="error">{error}</span>}
    </fieldset>
  )
}

/** As many as there are, and one more where it is asked for. */
function Budgets({
  known,
  error,
}: {
  readonly known: KeyLine | undefined
  readonly error: string | undefined
}): ReactNode {
  const [rows, setRows] = useState(Math.max(1, known?.budgets.length ?? 0))
  return (
    <>
      {Array.from({ length: rows }, (_row, index) => {
        const budget = known?.budgets[index]
        return (
          <div className="pair" key={index}>
            <Field
              name="usd"
              label={index === 0 ? 'Budget in US dollars' : 'And in US dollars'}
              error={index === 0 ? error : undefined}
              defaultValue={budget && exactAmount(budget).replace(/[^\d.]/g, '')}
              inputMode="decimal"
            />
            <div className="field">
              <label htmlFor={`key-per-${index}`}>for each</label>
              <select
                id={`key-per-${index}`}
                name="per"
                className="select"
                defaultValue={budget?.per ?? (index === 0 ? 'month' : 'day')}
              >
                {WINDOWS.map((window) => (
                  <option key={window} value={window}>
                    {window === 'total' ? 'whole life' : window}
                  </option>
                ))}
              </select>
            </div>
          </div>
        )
      })}
      <div>
        <button type="button" className="btn s" onClick={() => setRows(rows + 1)}>
          <Icon name="plus" />
          Another budget
        </button>
      </div>
    </>
  )
}
