import { useId, useRef, useState, type FormEvent, type ReactNode } from 'react'
import { AGES, rangeBetween, useTimeRange, type TimeRange } from '../app/time-range.ts'
import { useShortcuts } from '../app/use-shortcuts.ts'
import { useTimes } from '../app/use-times.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Icon } from '../parts/icon.tsx'
import { Popover } from '../parts/popover.tsx'

/** How far back the pages look: an age, or two moments; it stands in the address. */
export function RangePicker(): ReactNode {
  const range = useTimeRange()
  const times = useTimes()
  const opener = useRef<(() => void) | null>(null)
  useShortcuts({ t: () => opener.current?.() })
  const { fromMs, toMs } = range.span(Date.now())
  const name = range.name ?? `${times.short(fromMs)} – ${range.isRelative ? 'now' : times.short(toMs)}`
  return (
    <Popover
      kind="dialog"
      label={`Time range: ${name}`}
      className="picker"
      opener={opener}
      button={
        <>
          <Icon name="clock" />
          <span className="picked">{name}</span>
          <Icon name="down" small />
        </>
      }
    >
      {(close) => <Choices range={range} close={close} />}
    </Popover>
  )
}

function Choices({ range, close }: { readonly range: TimeRange; readonly close: () => void }): ReactNode {
  return (
    <div className="range">
      <div className="ages">
        {Object.entries(AGES).map(([age, name]) => (
          <button
            key={age}
            type="button"
            aria-pressed={range.from === age}
            onClick={() => {
              close()
              range.choose({ from: age })
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <Between range={range} close={close} />
    </div>
  )
}

/** Two moments in fields: what dragging over a chart does, without dragging. */
function Between({ range, close }: { readonly range: TimeRange; readonly close: () => void }): ReactNode {
  const times = useTimes()
  const [wrong, setWrong] = useState<string>()
  const id = useId()
  const { fromMs, toMs } = range.span(Date.now())
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [from, to] = ['from', 'to'].map((name) => {
      const text = form.get(name)
      return typeof text === 'string' ? times.readField(text) : undefined
    })
    if (from === undefined || to === undefined || to <= from) {
      setWrong('The time has to begin before it ends.')
      return
    }
    close()
    range.zoom(from, to)
  }
  return (
    <form className="between" onSubmit={submit}>
      {[
        { name: 'from', label: 'From', at: fromMs },
        { name: 'to', label: 'To', at: toMs },
      ].map(({ name, label, at }) => (
        <label key={name} className="field">
          <span className="label">{label}</span>
          <input
            className="input"
            type="datetime-local"
            name={name}
            defaultValue={times.field(at)}
            aria-describedby={id}
          />
        </label>
      ))}
      <p id={id} className="small soft" aria-live="polite">
        {wrong ?? `In ${times.zoneName}.`}
      </p>
      <div className="row">
        <button type="submit" className="btn s">
          Show this time
        </button>
        <CopyButton
          text={fixedAddress(fromMs, toMs)}
          label="Copy a link to just this time"
          word="Copy link"
        />
      </div>
    </form>
  )
}

/** The address of this page with two moments, so that others see the same. */
function fixedAddress(fromMs: number, toMs: number): string {
  const url = new URL(location.href)
  for (const [name, value] of Object.entries(rangeBetween(fromMs, toMs)))
    url.searchParams.set(name, value ?? '')
  return url.href
}
