import { useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { Empty, Failed } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { age } from '../../words/numbers.ts'
import { DrillTable } from './drill-table.tsx'
import { Rehearse } from './rehearse.tsx'
import { ReportCard } from './report-card.tsx'
import { useDrills, type Report } from './use-drills.ts'

const SHOWN = 5

/** Does failing over really work? */
export function DrillsPage(): ReactNode {
  const { provider } = useSearch({ from: '/drills' })
  const { data, error, refetch } = useDrills()
  const [all, setAll] = useState(false)
  const reports = data?.reports ?? []
  return (
    <main id="main">
      <PageHead title="Drills" answer={<Answer reports={data?.reports} />} />
      {error === null ? null : (
        <Failed error={error} what="The drills could not be read." retry={() => void refetch()} />
      )}
      <Rehearse providers={data?.providers} faults={data?.faults ?? []} wanted={provider} />
      <DrillTable drills={data?.data} />
      {data !== undefined && reports.length === 0 ? (
        <section className="card" aria-label="Reports">
          <Empty title="No report yet">
            <p>Rehearse an outage above: what failed and who took over stands here a moment later.</p>
          </Empty>
        </section>
      ) : null}
      {reports.slice(0, all ? reports.length : SHOWN).map((report, index) => (
        <ReportCard key={`${report.drill} ${report.at}`} report={report} isOpen={index === 0} />
      ))}
      {reports.length > SHOWN && !all ? (
        <div className="row">
          <button type="button" className="btn s" onClick={() => setAll(true)}>
            Show the {reports.length - SHOWN} before
          </button>
        </div>
      ) : null}
    </main>
  )
}

function Answer({ reports }: { readonly reports: readonly Report[] | undefined }): ReactNode {
  const now = useNow(10_000)
  if (reports === undefined) return <span className="sk" style={{ '--w': '340px' }} />
  const [last] = reports
  if (last === undefined)
    return 'Failing over was never rehearsed. A rehearsal takes this configuration through the same code and calls no provider.'
  const when = `${age(now - Date.parse(last.at))} ago`
  return last.passed
    ? `The last one passed, ${when}.`
    : `The last one failed, ${when}: what is broken stands below.`
}
