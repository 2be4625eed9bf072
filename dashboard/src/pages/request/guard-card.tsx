import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { isObject } from '../../words/reading.ts'
import { phaseText, verdictText, verdictTone } from '../../words/verdicts.ts'
import { stepsOf } from './candidates.ts'
import { foundText, restoredOf, restoredText, verdictsOf, type ReadVerdict } from './read-verdicts.ts'

/** What each guardrail has said; nothing where none has looked. */
export function GuardCard({ decision }: Pick<GetRequestsId, 'decision'>): ReactNode {
  const steps = isObject(decision) ? stepsOf(decision) : []
  const verdicts = steps.flatMap(verdictsOf)
  if (verdicts.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-guard">
      <header className="ruled">
        <h2 id="h-guard">What guardrails said</h2>
        <Link to="/guardrails" className="small">
          Guardrails
        </Link>
      </header>
      <Table
        label="What guardrails said"
        columns={COLUMNS}
        rows={verdicts}
        keyOf={({ phase, guardrail }) => `${phase} ${guardrail}`}
      />
      {steps.flatMap(restoredOf).map((one, place) => (
        <p key={place} className="body small soft">
          Put back in the answer: {restoredText(one)}.
        </p>
      ))}
    </section>
  )
}

const COLUMNS: readonly Column<ReadVerdict>[] = [
  { head: 'Guardrail', cell: ({ guardrail }) => <b className="strong">{guardrail}</b> },
  { head: 'Looked at', cell: ({ phase }) => phaseText(phase) },
  {
    head: 'Said',
    cell: ({ verdict, isShadow }) => (
      <State tone={verdictTone(verdict, isShadow)}>{verdictText(verdict, isShadow)}</State>
    ),
  },
  { head: 'Found', cell: ({ found }) => foundText(found) || <span className="soft">–</span> },
]
