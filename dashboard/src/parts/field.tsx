import { useId, type InputHTMLAttributes, type ReactNode } from 'react'
import { Icon } from './icon.tsx'

export interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly name: string
  readonly label: string
  readonly hint?: string
  /** What is wrong with what stands in it. */
  readonly error: string | undefined
}

/** A line to fill in: its name above, what is wrong with it below. */
export function Field({ label, hint, error, ...input }: FieldProps): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        autoComplete="off"
        aria-invalid={error !== undefined}
        aria-describedby={`${id}-said`}
        {...input}
      />
      <span id={`${id}-said`} aria-live="polite">
        {error === undefined ? (
          <span className="hint">{hint}</span>
        ) : (
          <span className="error">
            <Icon name="warning" small />
            {error}
          </span>
        )}
      </span>
    </div>
  )
}
