import type { ReactNode } from 'react'
import { Field } from '../../parts/field.tsx'
import type { KeyLine } from './use-keys.ts'

/** What is wrong with what stands at a path. */
export type About = (path: string) => string | undefined

/** What few keys need: what every target must fulfil, and who waits. */
export function Where({
  known,
  about,
}: {
  readonly known: KeyLine | undefined
  readonly about: About
}): ReactNode {
  const { only, queue } = known ?? {}
  const error = about('only') ?? about('queue')
  const isOpen = error !== undefined || only !== undefined || queue !== undefined
  return (
    <details className="more-fields" open={isOpen}>
      <summary>Where it may be answered, and who waits</summary>
      <div className="stack">
        {error === undefined ? null : <p className="error">{error}</p>}
        <Only only={only ?? {}} />
        <div className="pair">
          <Field
            name="max"
            label="Requests that may wait"
            error={undefined}
            defaultValue={queue?.max}
            inputMode="numeric"
          />
          <Field name="wait" label="For how long" error={undefined} defaultValue={queue?.wait} hint="30s" />
        </div>
      </div>
    </details>
  )
}

function Only({ only }: { readonly only: NonNullable<KeyLine['only']> }): ReactNode {
  return (
    <>
      <div className="pair">
        <Field
          name="region"
          label="Regions"
          error={undefined}
          defaultValue={only.region?.join(', ')}
          hint="eu, eu-central-1"
        />
        <Field
          name="retention"
          label="Kept no longer than"
          error={undefined}
          defaultValue={only.retention}
          hint="zero, or 30d"
        />
      </div>
      <div className="pair">
        <Field
          name="providers"
          label="Providers"
          error={undefined}
          defaultValue={only.providers?.join(', ')}
        />
        <Field name="tags" label="Tags of providers" error={undefined} defaultValue={only.tags?.join(', ')} />
      </div>
      <fieldset className="field choices">
        <legend className="label">Training</legend>
        <label>
          <input
            type="checkbox"
            name="data_policy"
            value="no-training"
            defaultChecked={only.data_policy !== undefined}
          />
          nobody trains on what is said
        </label>
      </fieldset>
    </>
  )
}
