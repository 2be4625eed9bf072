import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Failed } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { count } from '../../words/numbers.ts'
import { valueText } from '../../words/units.ts'
import { useEndTrial, useTrial, type Trial } from './use-releases.ts'

/** The version that is tried, beside the one in force, and what becomes of it. Nothing while none is. */
export function TrialCard({ inForce }: { readonly inForce: Version | undefined }): ReactNode {
  const trial = useTrial()
  const running = trial.data?.trial ?? undefined
  if (trial.error !== null) return <Failed error={trial.error} what="The trial could not be read." />
  return running === undefined ? null : <Running trial={running} inForce={inForce} />
}

type Version = Pick<Trial['version'], 'number' | 'hash'>

function Running({
  trial,
  inForce,
}: {
  readonly trial: Trial
  readonly inForce: Version | undefined
}): ReactNode {
  const times = useTimes()
  const nowMs = useNow(60_000)
  const ending = useEndTrial()
  const { version, share, by, counted_since: since } = trial
  return (
    <section className="card" aria-labelledby="h-trial">
      <header>
        <h2 id="h-trial">
          Version {version.number} is tried on {share} % of the requests
        </h2>
        <button
          type="button"
          className="btn s"
          aria-disabled={ending.isPending}
          onClick={() => ending.mutate('give-up')}
        >
          Give up
        </button>
        <button
          type="button"
          className="btn primary s"
          aria-disabled={ending.isPending}
          onClick={() => ending.mutate('promote')}
        >
          Promote
        </button>
      </header>
      {ending.error === null ? null : (
        <div className="body first">
          <Failed error={ending.error} what="Nothing was changed." />
        </div>
      )}
      <ul className="changes body first">
        {version.changes.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <Table
        label="The version that is tried, and the one in force"
        columns={COLUMNS}
        rows={[
          { name: `Version ${version.number}, tried`, hash: version.hash, ...trial.tried },
          { name: inForceName(inForce), hash: inForce?.hash, ...trial.in_force },
        ]}
        keyOf={({ name }) => name}
      />
      <footer>
        Counted since <time dateTime={since}>{times.moment(since, nowMs)}</time>; {togetherBy(by)}. It is
        given up by itself when it does worse.
      </footer>
    </section>
  )
}

function togetherBy(by: Trial['by']): string {
  return by === 'request' ? 'each request by itself' : `the same ${by} goes the same way every time`
}

function inForceName(inForce: Version | undefined): string {
  return inForce === undefined ? 'In force' : `Version ${inForce.number}, in force`
}

type Side = Trial['tried'] & { readonly name: string; readonly hash: string | undefined }

const COLUMNS: readonly Column<Side>[] = [
  {
    head: 'Version',
    cell: ({ name, hash }) =>
      hash === undefined ? (
        name
      ) : (
        <Link to="/requests" search={{ q: `plan:*-${hash}` }} title="Its requests">
          {name}
        </Link>
      ),
  },
  { head: 'Requests', num: true, cell: ({ requests }) => count(requests) },
  {
    head: 'Errors',
    num: true,
    cell: ({ requests, errors }) =>
      errors === 0 ? (
        <span className="soft">0</span>
      ) : (
        <>
          <span className="bad">{count(errors)}</span> · {valueText(errors / requests, 'share')}
        </>
      ),
  },
  {
    head: 'First token p95',
    num: true,
    cell: ({ first_event_p95_ms: ms }) => (ms === undefined ? <Unknown /> : valueText(ms, 'ms')),
  },
  {
    head: 'Cost of one',
    num: true,
    cell: ({ cost_usd: usd }) => (usd === undefined ? <Unknown /> : valueText(usd, 'usd')),
  },
]

function Unknown(): ReactNode {
  return <span className="soft">–</span>
}
