import type { ReactNode } from 'react'
import { useNow } from '../../app/use-now.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { DeliveryState } from './states.tsx'
import { useDeliveries, type Delivery } from './use-alerts.ts'

/** What channels were told, and what became of it. */
export function DeliveriesCard(): ReactNode {
  const times = useTimes()
  const now = useNow()
  const log = useDeliveries()
  const columns: readonly Column<Delivery>[] = [
    { head: 'Time', className: 'nowrap', cell: ({ at }) => times.moment(at, now) },
    { head: 'Channel', cell: ({ channel }) => channel },
    { head: 'Message', className: 'said', cell: ({ alerts }) => messageOf(alerts) },
    { head: 'Became', className: 'said', cell: (delivery) => <DeliveryState delivery={delivery} /> },
    { head: 'Tries', num: true, cell: ({ attempts }) => attempts },
  ]
  return (
    <section className="card" aria-labelledby="h-deliveries">
      <header>
        <h2 id="h-deliveries">Deliveries</h2>
      </header>
      <Table
        label="Deliveries"
        className="stacked"
        columns={columns}
        rows={log.data?.pages.flatMap(({ data }) => data)}
        keyOf={({ id }) => id}
        skeletons={3}
        error={
          log.error === null
            ? undefined
            : { error: log.error, what: 'The log could not be read.', retry: () => void log.refetch() }
        }
        empty={
          <Empty title="Nobody was told of anything">
            <p>Each message to a channel stands here, with what became of it.</p>
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

function messageOf(alerts: Delivery['alerts']): string {
  if (alerts.length === 0) return 'a test'
  return alerts.map(({ event, rule, text }) => `${event} ${rule}: ${text}`).join('; ')
}
