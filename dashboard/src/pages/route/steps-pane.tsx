import { useState, type FormEvent, type ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Who } from '../../parts/who.tsx'
import { without, withMoved, withStep, withTarget, withWeight, type DraftWay, type Place } from './draft.ts'

/** The strategy under which weights count. */
const WEIGHING = 'weighted'

export interface StepsPaneProps {
  readonly ways: readonly DraftWay[]
  readonly text: string
  /** Absent: it can only be looked at. */
  readonly onEdit: ((text: string) => void) | undefined
  /** Models that can be added. */
  readonly models: readonly string[]
}

/** The ways of a route as cards: what must hold, and who is asked, in order. */
export function StepsPane({ ways, text, onEdit, models }: StepsPaneProps): ReactNode {
  return (
    <section className="card" aria-labelledby="h-steps">
      <header className="ruled">
        <h2 id="h-steps">{ways.length > 1 ? 'Steps' : 'Targets'}</h2>
        {ways.length > 1 ? <span className="small soft">the first that fits decides</span> : null}
      </header>
      <div className="body first">
        <datalist id="known-models">
          {models.map((model) => (
            <option key={model} value={model} />
          ))}
        </datalist>
        {ways.map((way, place) => (
          <div key={`${place}-${way.step ?? ''}`}>
            {place === 0 ? null : <div className="flow-line" />}
            <WayCard way={way} place={place} text={text} onEdit={onEdit} />
          </div>
        ))}
        {onEdit === undefined ? null : (
          <div className="add-step">
            <button type="button" className="btn s" onClick={() => onEdit(withStep(text))}>
              <Icon name="plus" />
              Add step
            </button>
          </div>
        )}
      </div>
    </section>
  )
}

interface WayCardProps extends Pick<StepsPaneProps, 'text' | 'onEdit'> {
  readonly way: DraftWay
  readonly place: number
}

function WayCard({ way, place, text, onEdit }: WayCardProps): ReactNode {
  const { step, when, refuses, strategy = 'ordered', targets, fallback } = way
  return (
    <div className="step">
      <header>
        <b className="strong">{step ?? 'Every request'}</b>
        {step === undefined ? null : <span className="badge mono">{when ?? 'otherwise'}</span>}
        <span className="push small soft nowrap">{refuses === undefined ? strategy : 'refuses'}</span>
      </header>
      <div className="body">
        {refuses === undefined ? null : <p className="small">{refuses}</p>}
        {refuses === undefined && targets.length === 0 ? (
          <p className="small soft">the targets of the route</p>
        ) : null}
        <ol className="targets">
          {targets.map(({ model, weight }, target) => (
            <TargetLine
              key={`${target}-${model}`}
              model={model}
              weight={strategy === WEIGHING ? (weight ?? 1) : undefined}
              at={{ way: place, target }}
              of={targets.length}
              text={text}
              onEdit={onEdit}
            />
          ))}
        </ol>
        {onEdit === undefined || refuses !== undefined ? null : (
          <AddTarget onAdd={(model) => onEdit(withTarget(text, place, model))} />
        )}
        {fallback.length === 0 ? null : <Fallback models={fallback} />}
      </div>
    </div>
  )
}

function Fallback({ models }: { readonly models: readonly string[] }): ReactNode {
  return (
    <>
      <hr className="rule" />
      <span className="small soft">When all fail, in this order:</span>
      <ol className="targets">
        {models.map((model, rank) => (
          <li key={model} className="target">
            <Who name={model} />
            <span className="rank">{rank + 1}</span>
          </li>
        ))}
      </ol>
    </>
  )
}

interface TargetLineProps extends Pick<StepsPaneProps, 'text' | 'onEdit'> {
  readonly model: string
  /** Absent: weights do not count. */
  readonly weight: number | undefined
  readonly at: Place
  readonly of: number
}

function TargetLine({ model, weight, at, of, text, onEdit }: TargetLineProps): ReactNode {
  return (
    <li className="target">
      <Who name={model} />
      {weight === undefined ? null : (
        <input
          className="input weight"
          type="number"
          min={0}
          step="any"
          value={weight}
          aria-label={`Weight of ${model}`}
          readOnly={onEdit === undefined}
          onChange={({ target }) => {
            if (target.value !== '') onEdit?.(withWeight(text, at, Number(target.value)))
          }}
        />
      )}
      {onEdit === undefined ? null : (
        <span className="acts">
          <Act
            icon="up"
            label={`Ask ${model} earlier`}
            isOff={at.target === 0}
            act={() => onEdit(withMoved(text, at, -1))}
          />
          <Act
            icon="down"
            label={`Ask ${model} later`}
            isOff={at.target === of - 1}
            act={() => onEdit(withMoved(text, at, 1))}
          />
          <Act
            icon="cross"
            label={`Take ${model} away`}
            isOff={of === 1}
            act={() => onEdit(without(text, at))}
          />
        </span>
      )}
    </li>
  )
}

function Act({
  icon,
  label,
  isOff,
  act,
}: {
  readonly icon: 'up' | 'down' | 'cross'
  readonly label: string
  readonly isOff: boolean
  readonly act: () => void
}): ReactNode {
  return (
    <button
      type="button"
      className="btn quiet only s"
      aria-label={label}
      title={label}
      disabled={isOff}
      onClick={act}
    >
      <span className={icon === 'up' ? 'turned' : ''}>
        <Icon name={icon === 'up' ? 'down' : icon} small />
      </span>
    </button>
  )
}

function AddTarget({ onAdd }: { readonly onAdd: (model: string) => void }): ReactNode {
  const [model, setModel] = useState('')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (model.trim() === '') return
    onAdd(model.trim())
    setModel('')
  }
  return (
    <form className="add-target" onSubmit={submit}>
      <input
        className="input"
        list="known-models"
        placeholder="provider/model"
        aria-label="Model to add"
        value={model}
        onChange={({ target }) => setModel(target.value)}
      />
      <button type="submit" className="btn s" disabled={model.trim() === ''}>
        Add
      </button>
    </form>
  )
}
