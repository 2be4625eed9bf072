import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { Failed } from '../../parts/notices.tsx'
import { State } from '../../parts/state.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { count } from '../../words/numbers.ts'
import { shareText } from './cache-tiles.tsx'
import { ForgetDialog } from './forget-dialog.tsx'
import { useSimilar, type SimilarRoute } from './use-similar.ts'

/** Where the answers to similar questions are given, how that is learned, and how often it was wrong; nothing where no route does so. */
export function SimilarCard(): ReactNode {
  const { data, error, refetch } = useSimilar()
  const [forgetting, setForgetting] = useState<string>()
  if (error !== null && data === undefined)
    return <Failed error={error} what="Similar answers could not be read." retry={() => void refetch()} />
  if (data === undefined || data.data.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-similar">
      <header>
        <h2 id="h-similar">Similar answers</h2>
      </header>
      <Table
        label="Similar answers"
        columns={[...COLUMNS, forgetColumn(setForgetting)]}
        rows={data.data}
        keyOf={({ id }) => id}
        partial="Given to questions in other words, once it is shown that fewer than allowed would be wrong; audits go on asking the model."
      />
      {forgetting === undefined ? null : (
        <ForgetDialog id={forgetting} onClose={() => setForgetting(undefined)} />
      )}
    </section>
  )
}

const COLUMNS: readonly Column<SimilarRoute>[] = [
  {
    head: 'Route',
    cell: ({ id }) => (
      <Link to="/requests" search={{ q: `route:${routeOf(id)} cache:semantic` }} title="The requests">
        {id}
      </Link>
    ),
    sortBy: ({ id }) => id,
  },
  { head: 'State', cell: ({ status }) => <Status status={status} />, sortBy: ({ status }) => status },
  {
    head: 'Compared',
    num: true,
    cell: ({ compared, compared_wrong: wrong }) => <Found all={compared} wrong={wrong} />,
    sortBy: ({ compared }) => compared,
  },
  {
    head: 'Audited',
    num: true,
    cell: ({ audits, wrong }) => <Found all={audits} wrong={wrong} />,
    sortBy: ({ audits }) => audits,
  },
  {
    head: 'Wrong of those given',
    num: true,
    cell: (one) => <Wrong of={one} />,
    sortBy: (one) => (one.audits === 0 ? -1 : one.false_hit_rate),
  },
  { head: 'Allowed', num: true, cell: ({ epsilon }) => shareText(epsilon), sortBy: ({ epsilon }) => epsilon },
]

/** `route/step` → `route`. */
function routeOf(id: string): string {
  return id.split('/', 1)[0] ?? id
}

function Status({ status }: { readonly status: SimilarRoute['status'] }): ReactNode {
  switch (status) {
    case 'learning':
      return <State tone="soft">learning: none is given</State>
    case 'on':
      return <State tone="good">earned</State>
    case 'off':
      return <State tone="bad">off: too many were wrong</State>
  }
}

function Found({ all, wrong }: { readonly all: number; readonly wrong: number }): ReactNode {
  return (
    <>
      {count(all)}
      {all === 0 ? null : <span className="sub">{wrong === 0 ? 'none wrong' : `${count(wrong)} wrong`}</span>}
    </>
  )
}

function Wrong({
  of: { audits, false_hit_rate: rate, low, high },
}: {
  readonly of: SimilarRoute
}): ReactNode {
  if (audits === 0) return 'not audited yet'
  return (
    <>
      {shareText(rate)}
      <span className="sub" title="With a probability of 95 % between these">
        {shareText(low)} to {shareText(high)}
      </span>
    </>
  )
}

function forgetColumn(onForget: (id: string) => void): Column<SimilarRoute> {
  return {
    head: 'Forget',
    isHeadHidden: true,
    cell: ({ id, status, compared, audits }) =>
      status === 'learning' && compared + audits === 0 ? null : (
        <button
          type="button"
          className="btn s"
          aria-label={status === 'off' ? `Turn on again for ${id}` : `Forget what was learned of ${id}`}
          onClick={() => onForget(id)}
        >
          {status === 'off' ? 'Turn on again' : 'Forget'}
        </button>
      ),
  }
}
