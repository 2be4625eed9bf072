import type { ReactNode } from 'react'
import { useFresh } from '../../app/use-live.ts'
import { useTimes } from '../../app/use-times.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { Table } from '../../parts/table.tsx'
import { count, counted } from '../../words/numbers.ts'
import { BeginGuardrails } from './begin-guardrails.tsx'
import { GUARDRAIL_COLUMNS } from './guardrail-columns.tsx'
import { TryCard } from './try-card.tsx'
import { useGuardrails, type GuardrailLine } from './use-guardrails.ts'

const FRESH_MS = 5_000

/** What is kept from models and from clients? */
export function GuardrailsPage(): ReactNode {
  const { data, error, refetch } = useGuardrails()
  useFresh('guardrails', FRESH_MS)
  const times = useTimes()
  const rows = data?.data
  const looked = data?.looked.looked_at
  return (
    <main id="main">
      <PageHead
        title="Guardrails"
        answer={rows === undefined ? 'Reading the guardrails.' : <Answer guardrails={rows} />}
      />
      {rows?.length === 0 ? (
        <BeginGuardrails />
      ) : (
        <>
          <section className="card" aria-label="Guardrails">
            <Table
              label="Guardrails"
              className="top-aligned"
              columns={GUARDRAIL_COLUMNS}
              rows={rows}
              keyOf={({ name }) => name}
              skeletons={3}
              error={
                error === null
                  ? undefined
                  : { error, what: 'The guardrails could not be read.', retry: () => void refetch() }
              }
              partial={
                looked === undefined
                  ? 'They look in this order, which is that of the configuration. Whatever else was found, one that blocks wins.'
                  : `Counted over the newest ${count(looked.requests)} requests, back to ${times.exact(looked.back_to)}.`
              }
            />
          </section>
          {rows === undefined ? null : <TryCard routes={data?.routes ?? []} />}
        </>
      )}
    </main>
  )
}

function Answer({ guardrails }: { readonly guardrails: readonly GuardrailLine[] }): ReactNode {
  if (guardrails.length === 0) return 'Nothing is looked for in what is asked and answered.'
  const of = (...verdicts: readonly string[]): number =>
    guardrails
      .flatMap(({ said }) => said)
      .filter(({ verdict, shadow }) => !shadow && verdicts.includes(verdict))
      .reduce((sum, { requests }) => sum + requests, 0)
  const shadows = guardrails.filter(({ mode }) => mode === 'shadow').length
  const failed = of('failed')
  return (
    <p>
      {counted(guardrails.length, 'guardrail')} {guardrails.length === 1 ? 'looks' : 'look'} at what is asked
      and answered{shadows === 0 ? '' : `, ${count(shadows)} of them without doing anything yet`}. Masked:{' '}
      {count(of('masked'))}, blocked: {count(of('blocked'))}.
      {failed === 0 ? null : <span className="warn"> Could not look: {count(failed)}.</span>}
    </p>
  )
}
