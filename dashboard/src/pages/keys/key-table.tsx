import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTimes } from '../../app/use-times.ts'
import { Cost } from '../../parts/cost.tsx'
import { State, type Tone } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { termOf } from '../requests/filters.ts'
import { useSpend, type KeyLine } from './use-keys.ts'

const TONES: Readonly<Record<KeyLine['status'], Tone>> = { active: 'good', expired: 'warn', revoked: 'soft' }

export interface KeyTableProps {
  /** Absent: on their way. */
  readonly keys: readonly KeyLine[] | undefined
  readonly onRevoke: (key: KeyLine) => void
}

/** The keys; never their texts. */
export function KeyTable({ keys, onRevoke }: KeyTableProps): ReactNode {
  const columns = useColumns(onRevoke)
  return (
    <Table
      label="Keys"
      className="top-aligned"
      columns={columns}
      rows={keys}
      keyOf={({ id }) => id}
      rowClass={({ status }) => (status === 'active' ? '' : 'skipped')}
      skeletons={4}
    />
  )
}

function useColumns(onRevoke: (key: KeyLine) => void): readonly Column<KeyLine>[] {
  const spend = useSpend()
  const { date } = useTimes()
  return [
    { head: 'Key', cell: (line) => <Name line={line} /> },
    {
      head: 'State',
      cell: (line) => (
        <>
          <State tone={TONES[line.status]}>{line.status}</State>
          <span className="sub">{endText(line, date)}</span>
        </>
      ),
    },
    { head: 'Project', cell: ({ project }) => project ?? <span className="soft">–</span> },
    { head: 'May use', cell: (line) => <MayUse line={line} /> },
    { head: 'Limits', cell: limitsText },
    { head: 'Budgets', cell: budgetsText },
    { head: 'Spend, 30 days', num: true, cell: ({ id }) => <Spent spent={spend.get(id)} /> },
    {
      head: 'Made',
      className: 'nowrap',
      cell: ({ created_at: at }) => (at === undefined ? <span className="soft">in the file</span> : date(at)),
    },
    { head: 'Acts', isHeadHidden: true, num: true, cell: (line) => <Acts line={line} onRevoke={onRevoke} /> },
  ]
}

function Name({ line: { id, name } }: { readonly line: KeyLine }): ReactNode {
  return (
    <>
      <Link to="/requests" search={{ q: termOf('key', id) }} title="Show its requests">
        {name}
      </Link>
      <span className="sub mono">{id}</span>
    </>
  )
}

function MayUse({ line: { models, endpoints } }: { readonly line: KeyLine }): ReactNode {
  return (
    <>
      {models === undefined ? 'all models' : models.join(', ')}
      {endpoints === undefined ? null : <span className="sub">{endpoints.join(', ')}</span>}
    </>
  )
}

function Acts({
  line,
  onRevoke,
}: {
  readonly line: KeyLine
  readonly onRevoke: (key: KeyLine) => void
}): ReactNode {
  if (line.origin !== 'api' || line.status !== 'active') return null
  return (
    <button
      type="button"
      className="btn danger s"
      onClick={() => onRevoke(line)}
      aria-label={`Revoke ${line.name}`}
    >
      Revoke
    </button>
  )
}

/** Absent: nothing, as far as is known. */
type SpentFacts = ReturnType<ReturnType<typeof useSpend>['get']>

function Spent({ spent }: { readonly spent: SpentFacts }): ReactNode {
  if (spent === undefined) return <span className="soft">–</span>
  return (
    <>
      <Cost cost={spent.cost} digits="sum" />
      {spent.simulated.nano_usd === '0' ? null : (
        <span className="sub">
          <Cost cost={spent.simulated} simulated digits="sum" />
        </span>
      )}
    </>
  )
}

function endText(
  { expires_at: expires, revoked_at: revoked }: KeyLine,
  date: (at: string) => string,
): string {
  if (revoked !== undefined) return `since ${date(revoked)}`
  return expires === undefined ? '' : `until ${date(expires)}`
}

function limitsText({ limits: { rpm, tpm, concurrent } }: KeyLine): ReactNode {
  const said = [
    rpm === undefined ? '' : `${count(rpm)} requests/min`,
    tpm === undefined ? '' : `${count(tpm)} tokens/min`,
    concurrent === undefined ? '' : `${count(concurrent)} at once`,
  ].filter((one) => one !== '')
  return said.length === 0 ? <span className="soft">none</span> : said.join(', ')
}

function budgetsText({ budgets }: KeyLine): ReactNode {
  if (budgets.length === 0) return <span className="soft">none</span>
  return budgets.map((budget) => `${total(budget)} a ${budget.per}`.replace('a total', 'in all')).join(', ')
}
