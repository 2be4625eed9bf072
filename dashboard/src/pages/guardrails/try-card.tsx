import { useState, type ReactNode } from 'react'
import { Failed } from '../../parts/notices.tsx'
import { Outcome } from './try-outcome.tsx'
import { useTrial, type Trial } from './use-guardrails.ts'

const MOST_CHARACTERS = 100_000
const PHASES = ['input', 'output'] as const

/** A text, and what guardrails would find in it. It goes to the gateway, and to nobody else unless checks are to ask. */
export function TryCard({ routes }: { readonly routes: readonly string[] }): ReactNode {
  const trial = useTrial()
  const [text, setText] = useState('')
  const [phase, setPhase] = useState<Trial['phase']>('input')
  const [route, setRoute] = useState('')
  const [asks, setAsks] = useState(false)
  const submit = (): void => {
    if (text !== '') trial.mutate({ text, phase, asks, ...(route === '' ? {} : { route }) })
  }
  return (
    <section className="card" aria-labelledby="h-try">
      <header className="ruled">
        <h2 id="h-try">Try a text</h2>
        <Where {...{ phase, setPhase, route, setRoute, routes }} />
      </header>
      <form
        className="body first column"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <textarea
          className="input"
          aria-label="Text to try"
          placeholder="Write to ana@example.com, card 4111 1111 1111 1111"
          rows={4}
          maxLength={MOST_CHARACTERS}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="row">
          <button type="submit" className="btn primary" disabled={text === '' || trial.isPending}>
            Try it
          </button>
          <label className="check small">
            <input type="checkbox" checked={asks} onChange={(event) => setAsks(event.target.checked)} /> Have
            checks ask their models
          </label>
          <span className="small soft">
            {asks ? 'What they ask is paid, and stands in the log.' : 'It is not kept, and nobody is asked.'}
          </span>
        </div>
        {trial.error === null ? null : <Failed error={trial.error} what="The text could not be tried." />}
      </form>
      <div aria-live="polite" className={trial.data === undefined ? undefined : 'body'}>
        {trial.data === undefined ? null : (
          <Outcome
            text={trial.data.text}
            tried={trial.data.tried}
            phase={trial.variables?.phase ?? 'input'}
          />
        )}
      </div>
    </section>
  )
}

interface WhereProps {
  readonly phase: Trial['phase']
  readonly setPhase: (phase: Trial['phase']) => void
  readonly route: string
  readonly setRoute: (route: string) => void
  readonly routes: readonly string[]
}

function Where({ phase, setPhase, route, setRoute, routes }: WhereProps): ReactNode {
  return (
    <>
      <div className="seg" role="group" aria-label="Where it stands">
        {PHASES.map((one) => (
          <button key={one} type="button" aria-pressed={one === phase} onClick={() => setPhase(one)}>
            {one === 'input' ? 'Asked' : 'Answered'}
          </button>
        ))}
      </div>
      <select
        className="select"
        aria-label="Route"
        value={route}
        onChange={(event) => setRoute(event.target.value)}
      >
        <option value="">no route</option>
        {routes.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </>
  )
}
