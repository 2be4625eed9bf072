import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { Failed } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'
import { age } from '../../words/numbers.ts'
import { useRunDrill, type DrillLine } from './use-drills.ts'

/** The drills of the configuration: when each runs, what came of it last, and one more now. */
export function DrillTable({ drills }: { readonly drills: readonly DrillLine[] | undefined }): ReactNode {
  const running = useRunDrill()
  const now = useNow(10_000)
  return (
    <section className="card" aria-label="Drills of the configuration">
      <header>
        <h2>Drills of the configuration</h2>
      </header>
      {running.error === null ? null : <Failed error={running.error} what="The drill was not run." />}
      {drills?.length === 0 ? (
        <p className="body soft">
          None is declared. Under <code>drills</code> of the configuration one says what breaks, when, and
          what must hold then; it runs by itself and is measured against that.
        </p>
      ) : (
        <Wide label="Drills of the configuration">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">Drill</th>
                <th scope="col">Schedule (UTC)</th>
                <th scope="col">Next</th>
                <th scope="col">Last</th>
                <th scope="col">
                  <span className="vh">Run</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {(drills ?? []).map((drill) => (
                <Line key={drill.name} drill={drill} now={now} onRun={() => running.mutate(drill.name)} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}

function Line({
  drill,
  now,
  onRun,
}: {
  readonly drill: DrillLine
  readonly now: number
  readonly onRun: () => void
}): ReactNode {
  const { name, cron, next, state } = drill
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{cron === null ? <span className="soft">when asked</span> : <code>{cron}</code>}</td>
      <td>{next === null ? '–' : `in ${age(Date.parse(next) - now)}`}</td>
      <td>
        <Last drill={drill} now={now} />
      </td>
      <td className="num">
        <button
          type="button"
          className="btn s"
          aria-label={`Run ${name}`}
          aria-disabled={state !== 'idle'}
          onClick={() => {
            if (state === 'idle') onRun()
          }}
        >
          {state === 'idle' ? null : <span className="spin" />}
          {state === 'idle' ? 'Run now' : state}
        </button>
      </td>
    </tr>
  )
}

function Last({ drill: { last }, now }: { readonly drill: DrillLine; readonly now: number }): ReactNode {
  if (last === null) return <span className="soft">never</span>
  return (
    <State tone={last.passed ? 'good' : 'bad'}>
      {last.passed ? 'passed' : 'failed'} {age(now - Date.parse(last.at))} ago
    </State>
  )
}
