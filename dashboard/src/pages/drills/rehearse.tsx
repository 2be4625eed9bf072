import { useId, useState, type ReactNode } from 'react'
import type { GetDrills, PostRehearsals } from '../../api/answers.ts'
import { Failed } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { useRehearsal } from './use-drills.ts'

/** Asks whose outage is to be rehearsed, and rehearses it. */
export function Rehearse({
  providers,
  faults,
  wanted,
}: {
  readonly providers: readonly string[] | undefined
  readonly faults: GetDrills['faults']
  /** Whose outage somebody came for. */
  readonly wanted: string | undefined
}): ReactNode {
  const rehearsal = useRehearsal()
  const [chosen, setChosen] = useState<string>()
  const [fault, setFault] = useState('outage')
  const provider =
    chosen ?? (wanted !== undefined && providers?.includes(wanted) === true ? wanted : providers?.[0])
  const means = faults.find(({ kind }) => kind === fault)?.means
  const run = (): void => {
    if (provider !== undefined && !rehearsal.isPending) rehearsal.mutate({ provider, fault })
  }
  return (
    <section className="card" aria-label="What if a provider goes down now?">
      <header>
        <h2>What if a provider goes down now?</h2>
      </header>
      <div className="body stack">
        <div className="row asks">
          <Choice label="Provider" value={provider ?? ''} words={providers ?? []} onChange={setChosen} />
          <Choice
            label="What goes wrong"
            value={fault}
            words={faults.map(({ kind }) => kind)}
            onChange={setFault}
          />
          <button
            type="button"
            className="btn primary"
            aria-disabled={rehearsal.isPending}
            disabled={provider === undefined}
            onClick={run}
          >
            {rehearsal.isPending ? <span className="spin" /> : null}Rehearse it
          </button>
        </div>
        <p className="small soft" aria-live="polite">
          {rehearsal.isPending
            ? 'Every route is asked twice, without the fault and with it. No provider is called.'
            : (means ?? '')}
        </p>
        {rehearsal.data === undefined || rehearsal.isPending ? null : <Come report={rehearsal.data} />}
        {rehearsal.error === null ? null : (
          <Failed error={rehearsal.error} what="It could not be rehearsed." retry={run} />
        )}
      </div>
    </section>
  )
}

/** What came of it, in a line; the report stands below. */
function Come({ report: { passed, routes } }: { readonly report: PostRehearsals }): ReactNode {
  const broken = routes.filter((route) => !route.passed).map(({ route }) => route)
  return (
    <State tone={passed ? 'good' : 'bad'}>
      {passed ? 'Every route goes on.' : `Not every route goes on: ${broken.join(', ')}.`}
    </State>
  )
}

function Choice({
  label,
  value,
  words,
  onChange,
}: {
  readonly label: string
  readonly value: string
  readonly words: readonly string[]
  readonly onChange: (word: string) => void
}): ReactNode {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="select" value={value} onChange={(event) => onChange(event.target.value)}>
        {words.map((word) => (
          <option key={word}>{word}</option>
        ))}
      </select>
    </div>
  )
}
