import { useId, type ReactNode } from 'react'
import { counted } from '../../words/numbers.ts'
import type { Settings } from './settings.ts'
import type { ModelChoice } from './use-choices.ts'

/** What can be set, as far as the chosen models take it. */
export function Parameters({
  settings,
  onChange,
  models,
}: {
  readonly settings: Settings
  readonly onChange: (settings: Settings) => void
  readonly models: readonly ModelChoice[]
}): ReactNode {
  const set = (name: keyof Settings) => (text: string) => onChange({ ...settings, [name]: text })
  const mayThink = models.length === 0 || models.some(({ reasoning }) => reasoning !== false)
  const maySample = models.length === 0 || models.some(({ sampling }) => sampling !== false)
  const efforts = [...new Set(models.flatMap((model) => model.efforts ?? ['low', 'medium', 'high']))]
  const most = Math.min(...models.flatMap(({ max_output_tokens: tokens }) => tokens ?? []))
  return (
    <div className="parameters">
      <Small
        label="Most tokens of answer"
        value={settings.maxOutput}
        onChange={set('maxOutput')}
        {...(Number.isFinite(most) ? { hint: `at most ${counted(most, 'token')}` } : {})}
      />
      {maySample ? (
        <>
          <Small
            label="Temperature"
            value={settings.temperature}
            onChange={set('temperature')}
            hint="0 to 2"
          />
          <Small label="Top p" value={settings.topP} onChange={set('topP')} hint="0 to 1" />
        </>
      ) : null}
      <Small label="Seed" value={settings.seed} onChange={set('seed')} />
      {mayThink ? <Effort value={settings.effort} efforts={efforts} onChange={set('effort')} /> : null}
      <Stops value={settings.stop} onChange={set('stop')} />
    </div>
  )
}

interface SmallProps {
  readonly label: string
  readonly value: string
  readonly onChange: (text: string) => void
  readonly hint?: string
}

function Small({ label, value, onChange, hint }: SmallProps): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="input"
        inputMode="decimal"
        autoComplete="off"
        placeholder={hint ?? 'not set'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}

function Effort({
  value,
  efforts,
  onChange,
}: {
  readonly value: string
  readonly efforts: readonly string[]
  readonly onChange: (text: string) => void
}): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Effort</label>
      <select id={id} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">not set</option>
        {efforts.map((effort) => (
          <option key={effort}>{effort}</option>
        ))}
      </select>
    </div>
  )
}

function Stops({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (text: string) => void
}): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>Stop at, a line each</label>
      <textarea
        id={id}
        className="input stops"
        rows={1}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    </div>
  )
}
