import { useId, type ReactNode } from 'react'
import { Field } from '../../parts/field.tsx'
import type { Channel } from './use-alerts.ts'

/** What a dialog begins with: what a chart shows. */
export interface Begun {
  readonly measure?: string | undefined
  readonly q?: string | undefined
}

export interface MakeFieldsProps {
  readonly begun: Begun
  readonly channels: readonly Channel[]
  readonly names: readonly string[]
  /** What is wrong with a field. */
  readonly about: (field: string) => string | undefined
}

/** A name, what is watched of which requests, the bound, and who is told. */
export function MakeFields({ begun, channels, names, about }: MakeFieldsProps): ReactNode {
  const { measure = 'error_rate', q = '' } = begun
  return (
    <>
      <Field
        name="name"
        label="Name"
        defaultValue={freeName(measure.replaceAll('_', '-'), names)}
        error={about('name')}
        required
      />
      <div className="pair">
        <Field
          name="measure"
          label="Measure"
          hint="Such as error_rate, cost or duration_p95."
          defaultValue={measure}
          error={about('measure')}
          required
        />
        <Field
          name="when"
          label="Which requests"
          hint="A query such as route:support; all where it is empty."
          defaultValue={q}
          error={about('when')}
        />
      </div>
      <BoundFields channels={channels} about={about} />
    </>
  )
}

/** When it rings, and whom it tells. */
function BoundFields({ channels, about }: Pick<MakeFieldsProps, 'channels' | 'about'>): ReactNode {
  return (
    <>
      <div className="pair">
        <Choice
          name="side"
          label="Rings when it is"
          options={[
            ['above', 'above'],
            ['below', 'below'],
          ]}
        />
        <Field
          name="bound"
          label="Bound"
          hint="In its unit: 5%, 2s, 100 or 2.50 dollars."
          error={about('above') ?? about('below')}
          required
          autoFocus
        />
      </div>
      <div className="pair">
        <Field
          name="over"
          label="Over"
          hint="Back from now."
          defaultValue="15m"
          error={about('over')}
          required
        />
        <Choice
          name="to"
          label="Tells"
          options={[['', 'all channels'], ...channels.map(({ name }) => [name, name] as const)]}
        />
      </div>
    </>
  )
}

function Choice({
  name,
  label,
  options,
}: {
  readonly name: string
  readonly label: string
  readonly options: readonly (readonly [value: string, word: string])[]
}): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} name={name} className="select">
        {options.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
    </div>
  )
}

/** The name, or with a number behind it: what is made never changes another rule unasked. */
function freeName(name: string, taken: readonly string[]): string {
  let free = name
  for (let number = 2; taken.includes(free); number += 1) free = `${name}-${number}`
  return free
}
