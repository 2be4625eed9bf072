import type { ReactNode } from 'react'
import type { GetKeysId } from '../../api/answers.ts'
import { useTimes } from '../../app/use-times.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { useKey, type KeyLine } from './use-keys.ts'

type Act = GetKeysId['acts'][number]

const WORDS: Readonly<Record<Act['what'], string>> = {
  made: 'made',
  edited: 'edited',
  rotated: 'rotated',
  'earlier-ended': 'old secret ended',
  paused: 'paused',
  resumed: 'resumed',
  revoked: 'revoked',
}

/** What was done to a key, when and by whom. */
export function HistoryDialog({
  target,
  onClose,
}: {
  readonly target: KeyLine
  readonly onClose: () => void
}): ReactNode {
  const { data, error, refetch } = useKey(target.id)
  const { short, exact } = useTimes()
  const columns: readonly Column<Act>[] = [
    {
      head: 'When',
      className: 'nowrap',
      cell: ({ at }) => (
        <time dateTime={at} title={exact(at)}>
          {short(Date.parse(at))}
        </time>
      ),
    },
    { head: 'What', className: 'nowrap', cell: ({ what }) => WORDS[what] },
    {
      head: 'By',
      cell: ({ by, via }) =>
        by ?? <span className="soft">{via === 'cli' ? 'command line' : 'dashboard or API'}</span>,
    },
    { head: 'How', className: 'clip', cell: ({ detail }) => detail },
  ]
  return (
    <Dialog
      title={`What was done to ${target.name}`}
      isWide
      onClose={onClose}
      footer={
        <button type="button" className="btn primary" onClick={onClose}>
          Close
        </button>
      }
    >
      <Table
        label={`What was done to ${target.name}`}
        className="top-aligned"
        columns={columns}
        rows={data?.acts}
        keyOf={({ at, what }) => `${at} ${what}`}
        error={
          error === null
            ? undefined
            : { error, what: 'Its history could not be read.', retry: () => void refetch() }
        }
        empty={
          <Empty title="Nothing is on record">
            <p>It was made before what is done to keys was taken down.</p>
          </Empty>
        }
      />
    </Dialog>
  )
}
