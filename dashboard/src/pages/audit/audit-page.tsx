import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetAuditState } from '../../api/answers.ts'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty, Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { State, type Tone } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { count } from '../../words/numbers.ts'
import { actWords } from './act-words.ts'
import { SubjectLink } from './subject-link.tsx'
import { useAudit, useAuditState, type AuditSearch, type Entry } from './use-audit.ts'

const MINUTE_MS = 60_000
const ACTORS = ['admin token', 'command', 'file', 'process'] as const
const SUBJECTS: readonly (readonly [string, string])[] = [
  ['key', 'keys'],
  ['config-version', 'versions'],
  ['config-object', 'objects of the configuration'],
  ['secret', 'secrets'],
  ['top-up', 'raises of budgets'],
  ['request', 'requests'],
  ['content', 'what was said'],
  ['cache', 'kept answers'],
  ['alert-rule', 'rules that ring'],
]

/** Who did what? */
export function AuditPage(): ReactNode {
  const { actor, subject } = useSearch({ from: '/audit' })
  const search = { actor, subject }
  const state = useAuditState()
  return (
    <main id="main">
      <PageHead
        title="Audit"
        answer={state.data === undefined ? 'Looking through the chain.' : <Whole state={state.data} />}
      >
        {state.data === undefined ? null : (
          <CopyButton text={state.data.public_key} label="Copy the public key" />
        )}
      </PageHead>
      {state.error === null || state.data !== undefined ? null : (
        <Failed error={state.error} what="The chain could not be read." retry={() => void state.refetch()} />
      )}
      {state.data?.fault === undefined ? null : (
        <Notice tone="bad">
          The chain is broken: {state.data.fault.message}. What stands behind it is not proven.
        </Notice>
      )}
      <EntriesCard search={search} />
    </main>
  )
}

function Whole({ state }: { readonly state: GetAuditState }): ReactNode {
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  const { whole, up_to: last, hash, checked_at: at } = state
  return (
    <>
      <State tone={whole ? 'good' : 'bad'}>
        {whole
          ? `The chain is whole up to entry ${count(last)}`
          : `The chain is whole only up to entry ${count(last)}`}
      </State>{' '}
      <span className="soft" title={hash}>
        looked at {times.moment(at, now)}
      </span>
    </>
  )
}

function EntriesCard({ search }: { readonly search: AuditSearch }): ReactNode {
  const log = useAudit(search)
  const columns = useColumns()
  const isFiltered = search.actor !== undefined || search.subject !== undefined
  return (
    <section className="card" aria-labelledby="h-audit">
      <header>
        <h2 id="h-audit">Acts</h2>
        <Choice name="actor" label="Who" chosen={search.actor} options={ACTORS.map((one) => [one, one])} />
        <Choice name="subject" label="Done to" chosen={search.subject} options={SUBJECTS} />
      </header>
      <Table
        label="Acts"
        className="stacked"
        columns={columns}
        rows={log.data?.pages.flatMap(({ data }) => data)}
        keyOf={({ id }) => id}
        error={
          log.error === null
            ? undefined
            : { error: log.error, what: 'The audit could not be read.', retry: () => void log.refetch() }
        }
        empty={
          <Empty title={isFiltered ? 'Nothing of the kind was done' : 'Nothing was done yet'}>
            <p>
              Whatever changes this gateway leaves an entry here: who, what, to what, and what came of it.
            </p>
          </Empty>
        }
      />
      {log.hasNextPage ? (
        <footer>
          <button type="button" className="btn" onClick={() => void log.fetchNextPage()}>
            {log.isFetchingNextPage ? <span className="spin" /> : null}Show older
          </button>
        </footer>
      ) : null}
    </section>
  )
}

function Choice({
  name,
  label,
  chosen,
  options,
}: {
  readonly name: keyof AuditSearch
  readonly label: string
  readonly chosen: string | undefined
  readonly options: readonly (readonly [string, string])[]
}): ReactNode {
  const navigate = useNavigate()
  return (
    <select
      className="select"
      aria-label={label}
      value={chosen ?? ''}
      onChange={({ target: { value } }) =>
        void navigate({
          to: '/audit',
          search: (before) => ({ ...before, [name]: value === '' ? undefined : value }),
          replace: true,
        })
      }
    >
      <option value="">{label}: all</option>
      {options.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  )
}

function useColumns(): readonly Column<Entry>[] {
  const times = useTimes()
  const now = useNow(MINUTE_MS)
  return [
    { head: 'Entry', num: true, cell: ({ sequence, hash }) => <span title={hash}>{sequence}</span> },
    { head: 'Time', className: 'nowrap', cell: ({ at }) => times.moment(at, now) },
    { head: 'Who', cell: ({ actor, address }) => <span title={address}>{actor}</span> },
    { head: 'Did', cell: ({ act }) => <span title={act}>{actWords(act)}</span> },
    { head: 'To', className: 'said', cell: ({ subject }) => <SubjectLink subject={subject} /> },
    { head: 'Outcome', cell: ({ outcome }) => <State tone={toneOf(outcome)}>{outcome}</State> },
    { head: 'More', className: 'said', cell: ({ summary }) => summary },
  ]
}

function toneOf(outcome: string): Tone {
  if (outcome === 'unknown' || outcome.endsWith('not stored')) return 'warn'
  if (outcome === 'refused' || outcome.startsWith('4')) return 'soft'
  return outcome.startsWith('5') ? 'bad' : 'good'
}
