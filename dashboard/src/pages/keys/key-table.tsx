import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Cost } from '../../parts/cost.tsx'
import { Menu, type MenuAct } from '../../parts/menu.tsx'
import { State, type Tone } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { age } from '../../words/numbers.ts'
import type { TimeWords } from '../../words/times.ts'
import { termOf } from '../requests/filters.ts'
import type { AskedAct } from './act-dialog.tsx'
import { Budgets, isSpent, Limits } from './key-limits.tsx'
import { useSpend, type KeyLine } from './use-keys.ts'

const TONES: Readonly<Record<KeyLine['status'], Tone>> = {
  active: 'good',
  paused: 'warn',
  expired: 'warn',
  revoked: 'soft',
}

/** What a row can be asked to do. */
export type KeyChoice = AskedAct | 'edit' | 'rotate' | 'may-it' | 'history'

export interface KeyTableProps {
  /** Absent: on their way. */
  readonly keys: readonly KeyLine[] | undefined
  readonly onChoose: (key: KeyLine, choice: KeyChoice) => void
}

const MINUTE_MS = 60_000

/** The keys; never their texts. */
export function KeyTable({ keys, onChoose }: KeyTableProps): ReactNode {
  const columns = useColumns(onChoose)
  return (
    <Table
      label="Keys"
      className="top-aligned"
      columns={columns}
      rows={keys}
      keyOf={({ id }) => id}
      rowClass={({ status }) => (status === 'active' || status === 'paused' ? '' : 'skipped')}
      skeletons={4}
    />
  )
}

function useColumns(onChoose: KeyTableProps['onChoose']): readonly Column<KeyLine>[] {
  const spend = useSpend()
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  return [
    { head: 'Key', cell: (line) => <Name line={line} />, sortBy: ({ name }) => name },
    { head: 'State', cell: (line) => <Standing line={line} times={times} now={now} /> },
    { head: 'May use', cell: (line) => <MayUse line={line} /> },
    { head: 'Limits', className: 'caps', cell: (line) => <Limits line={line} /> },
    { head: 'Budgets', className: 'caps', cell: (line) => <Budgets line={line} /> },
    {
      head: 'Last used',
      className: 'nowrap',
      cell: (line) => <LastUsed line={line} times={times} now={now} />,
      sortBy: ({ last_used: used }) => (used === undefined ? undefined : Date.parse(used.at)),
    },
    { head: 'Spend, 30 days', num: true, cell: ({ id }) => <Spent spent={spend.get(id)} /> },
    {
      head: 'Acts',
      isHeadHidden: true,
      num: true,
      cell: (line) => (
        <Menu label={`Acts on ${line.name}`} acts={actsOn(line, (choice) => onChoose(line, choice))} />
      ),
    },
  ]
}

function Name({ line: { id, name, project, origin } }: { readonly line: KeyLine }): ReactNode {
  return (
    <>
      <Link to="/requests" search={{ q: termOf('key', id) }} title="Show its requests">
        {name}
      </Link>
      <span className="sub mono">{id}</span>
      {project === undefined ? null : <span className="sub">of {project}</span>}
      {origin === 'file' ? <span className="sub">in the file</span> : null}
    </>
  )
}

interface Told {
  readonly line: KeyLine
  readonly times: TimeWords
  readonly now: number
}

function Standing({ line, times, now }: Told): ReactNode {
  const { earlier, status } = line
  return (
    <>
      {status === 'active' && line.budgets.some(isSpent) ? (
        <State tone="bad">budget spent</State>
      ) : (
        <State tone={TONES[status]}>{status}</State>
      )}
      <span className="sub">{sinceText(line, times)}</span>
      {earlier === undefined ? null : (
        <span className="sub">
          old secret until {times.short(Date.parse(earlier.until))},{' '}
          {earlier.used_at === undefined
            ? 'not used since the start'
            : `used ${age(now - Date.parse(earlier.used_at))} ago`}
        </span>
      )}
    </>
  )
}

function sinceText(line: KeyLine, { date }: TimeWords): string {
  const { status, expires_at: expires, revoked_at: revoked, paused_at: paused, created_at: created } = line
  if (status === 'revoked' && revoked !== undefined) return `since ${date(revoked)}`
  if (status === 'paused' && paused !== undefined) return `since ${date(paused)}`
  if (expires !== undefined) return `until ${date(expires)}`
  return created === undefined ? '' : `made ${date(created)}`
}

function MayUse({ line: { models, endpoints, only, addresses } }: { readonly line: KeyLine }): ReactNode {
  const wanted = Object.entries(only ?? {}).map(
    ([word, value]) =>
      `${word.replaceAll('_', ' ')} ${typeof value === 'string' ? value : value?.join(', ')}`,
  )
  return (
    <>
      {models === undefined ? 'all models' : models.join(', ')}
      {endpoints === undefined ? null : <span className="sub">{endpoints.join(', ')}</span>}
      {wanted.length === 0 ? null : <span className="sub">{wanted.join('; ')}</span>}
      {addresses === undefined ? null : <span className="sub">from {addresses.join(', ')}</span>}
    </>
  )
}

function LastUsed({ line: { last_used: used }, times, now }: Told): ReactNode {
  if (used === undefined) return <span className="soft">–</span>
  return (
    <>
      <time dateTime={used.at} title={times.exact(used.at)}>
        {used.exact ? `${age(now - Date.parse(used.at))} ago` : times.short(Date.parse(used.at))}
      </time>
      {used.client === undefined ? null : <span className="sub">{used.client}</span>}
    </>
  )
}

function actsOn(
  { origin, status, earlier }: KeyLine,
  choose: (choice: KeyChoice) => void,
): readonly MenuAct[] {
  const ask: MenuAct = { name: 'May it …?', icon: 'routes', act: () => choose('may-it') }
  if (origin === 'file') return [ask]
  const history: MenuAct = { name: 'What was done to it', icon: 'clock', act: () => choose('history') }
  if (status === 'revoked') return [history]
  const isPaused = status === 'paused'
  return [
    ask,
    { name: 'Edit', icon: 'settings', act: () => choose('edit') },
    ...(earlier === undefined
      ? [{ name: 'Rotate', icon: 'keys', act: () => choose('rotate') } as const]
      : [{ name: 'End the old secret', icon: 'keys', act: () => choose('end-earlier') } as const]),
    history,
    isPaused
      ? { name: 'Resume', icon: 'right', act: () => choose('resume') }
      : { name: 'Pause', icon: 'minus', act: () => choose('pause') },
    { name: 'Revoke', icon: 'cross', act: () => choose('revoke') },
  ]
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
