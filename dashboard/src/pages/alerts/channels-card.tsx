import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty, Failed } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { ChannelState } from './states.tsx'
import { useTest, type Channel } from './use-alerts.ts'

/** Who is told, and whether that works. */
export function ChannelsCard({ channels }: { readonly channels: readonly Channel[] | undefined }): ReactNode {
  const testing = useTest()
  const times = useTimes()
  const now = useNow()
  const columns: readonly Column<Channel>[] = [
    {
      head: 'Channel',
      cell: ({ name, type }) => (
        <>
          <b className="strong">{name}</b>
          <span className="sub">{type}</span>
        </>
      ),
    },
    { head: 'Health', className: 'said', cell: (channel) => <ChannelState channel={channel} /> },
    {
      head: 'Delivered last',
      className: 'nowrap',
      cell: ({ delivered_at: at }) => (at === null ? '–' : times.moment(at, now)),
    },
    { head: 'Waiting', num: true, cell: ({ waiting }) => waiting },
    {
      head: 'Test',
      isHeadHidden: true,
      cell: ({ name }) => (
        <button
          type="button"
          className="btn s"
          aria-disabled={testing.isPending}
          onClick={() => (testing.isPending ? undefined : testing.mutate(name))}
        >
          Send a test
        </button>
      ),
    },
  ]
  return (
    <section className="card" aria-labelledby="h-channels">
      <header>
        <h2 id="h-channels">Channels</h2>
      </header>
      {testing.error === null ? null : <Failed error={testing.error} what="No test was sent." />}
      <Table
        label="Channels"
        className="stacked"
        columns={columns}
        rows={channels}
        keyOf={({ name }) => name}
        skeletons={2}
        empty={<NoChannel />}
      />
      {testing.data === undefined ? null : (
        <footer aria-live="polite">
          The test to {testing.data.channel} was{' '}
          {testing.data.state === 'delivered' ? 'delivered' : `not delivered: ${testing.data.reason ?? ''}`}.
        </footer>
      )}
    </section>
  )
}

function NoChannel(): ReactNode {
  return (
    <Empty title="No channel">
      <p>
        Nobody is told of what rings; it shows here. Channels are written in the configuration, under
        alerts.channels.
      </p>
    </Empty>
  )
}
