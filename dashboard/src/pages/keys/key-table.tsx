import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Cost } from '../../parts/cost.tsx'
import { SkeletonRows } from '../../parts/notices.tsx'
import { State, type Tone } from '../../parts/state.tsx'
import { Wide } from '../../parts/wide.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { dateOf } from '../../words/times.ts'
import { termOf } from '../requests/filters.ts'
import { useSpend, type KeyLine } from './use-keys.ts'

const COLUMNS = [
  'Key',
  'State',
  'Project',
  'May use',
  'Limits',
  'Budgets',
  'Spend, 30 days',
  'Made',
  '',
] as const
const TONES: Readonly<Record<KeyLine['status'], Tone>> = { active: 'good', expired: 'warn', revoked: 'soft' }

export interface KeyTableProps {
  readonly keys: readonly KeyLine[]
  readonly isPending: boolean
  readonly onRevoke: (key: KeyLine) => void
}

/** The keys; never their texts. */
export function KeyTable({ keys, isPending, onRevoke }: KeyTableProps): ReactNode {
  const spend = useSpend()
  return (
    <Wide label="Keys">
      <table className="top-aligned">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col" className={name.startsWith('Spend') ? 'num' : ''}>
                {name === '' ? <span className="vh">Acts</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody aria-busy={isPending}>
          {isPending ? <SkeletonRows rows={4} columns={COLUMNS.length} /> : null}
          {keys.map((key) => (
            <Row key={key.id} line={key} spent={spend.get(key.id)} onRevoke={onRevoke} />
          ))}
        </tbody>
      </table>
    </Wide>
  )
}

interface RowProps {
  readonly line: KeyLine
  readonly spent: SpentFacts
  readonly onRevoke: (key: KeyLine) => void
}

function Row({ line, spent, onRevoke }: RowProps): ReactNode {
  return (
    <tr className={line.status === 'active' ? '' : 'skipped'}>
      <td>
        <Link to="/requests" search={{ q: termOf('key', line.id) }} title="Show its requests">
          {line.name}
        </Link>
        <span className="sub mono">{line.id}</span>
      </td>
      <td>
        <State tone={TONES[line.status]}>{line.status}</State>
        <span className="sub">{endText(line)}</span>
      </td>
      <td>{line.project ?? <span className="soft">–</span>}</td>
      <td>
        {line.models === undefined ? 'all models' : line.models.join(', ')}
        {line.endpoints === undefined ? null : <span className="sub">{line.endpoints.join(', ')}</span>}
      </td>
      <td>{limitsText(line)}</td>
      <td>{budgetsText(line)}</td>
      <td className="num">
        <Spent spent={spent} />
      </td>
      <td className="nowrap">
        {line.created_at === undefined ? <span className="soft">in the file</span> : dateOf(line.created_at)}
      </td>
      <td className="num">
        {line.origin === 'api' && line.status === 'active' ? (
          <button
            type="button"
            className="btn danger s"
            onClick={() => onRevoke(line)}
            aria-label={`Revoke ${line.name}`}
          >
            Revoke
          </button>
        ) : null}
      </td>
    </tr>
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

function endText({ expires_at: expires, revoked_at: revoked }: KeyLine): string {
  if (revoked !== undefined) return `since ${dateOf(revoked)}`
  return expires === undefined ? '' : `until ${dateOf(expires)}`
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
