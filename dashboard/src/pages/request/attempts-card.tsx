import type { ReactNode } from 'react'
import { Wide } from '../../parts/wide.tsx'
import type { GetRequestsId } from '../../api/answers.ts'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { State } from '../../parts/state.tsx'
import { Who } from '../../parts/who.tsx'
import { isGuess, usedText } from './receipt.tsx'

type AttemptRow = GetRequestsId['attempt_rows'][number]

/** The attempts as they stand in the ledger. */
export function AttemptsCard({ rows }: { readonly rows: readonly AttemptRow[] }): ReactNode {
  if (rows.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-attempts">
      <header>
        <h2 id="h-attempts">Attempts</h2>
        <span className="small soft">as they stand in the ledger</span>
      </header>
      <Wide label="Attempts">
        <table className="top-aligned">
          <thead>
            <tr>
              <th scope="col">Target</th>
              <th scope="col">Outcome</th>
              <th scope="col">Begun as</th>
              <th scope="col">Used</th>
              <th scope="col" className="num">
                Duration
              </th>
              <th scope="col" className="num">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}

function Row({ row }: { readonly row: AttemptRow }): ReactNode {
  const words = [...(row.served_tiers ?? []).map((tier) => `served as ${tier}`), ...(row.anomalies ?? [])]
  return (
    <tr>
      <td>
        <Who name={row.target} />
        <span className="sub mono">{row.id}</span>
      </td>
      <td>
        <State tone={row.outcome === 'ok' ? 'good' : 'bad'}>
          {[row.status, row.outcome].filter((part) => part !== undefined).join(' ')}
        </State>
        {words.length === 0 ? null : <span className="sub">{words.join(', ')}</span>}
      </td>
      <td>
        {row.begun_for ?? 'first'}
        {row.rung === undefined ? null : <span className="sub">rung {row.rung}</span>}
      </td>
      <td>
        {usedText(row)}
        <span className="sub">{row.basis}</span>
      </td>
      <td className="num">
        <Duration ms={row.duration_ms} />
      </td>
      <td className="num">
        <Cost cost={row.cost} estimated={isGuess(row)} simulated={row.simulated} digits="all" />
      </td>
    </tr>
  )
}
