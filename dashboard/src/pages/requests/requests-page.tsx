import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { PEEK_FITS, useMedia } from '../../app/media.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { useTimes } from '../../app/use-times.ts'
import { Empty, Failed } from '../../parts/notices.tsx'
import { useRowWalk } from '../../parts/use-row-walk.ts'
import { counted } from '../../words/numbers.ts'
import { ExportMenu } from './export-menu.tsx'
import { NoRequests } from './no-requests.tsx'
import { Peek } from './peek.tsx'
import { QueryBar, queryMistake, Views } from './query-bar.tsx'
import { RequestTable } from './request-table.tsx'
import { useRequests, type RequestLine, type RequestList } from './use-requests.ts'

/** What happened to this call? */
export function RequestsPage(): ReactNode {
  const filters = useSearch({ from: '/requests' })
  const list = useRequests(filters.q)
  const refused = queryMistake(list.error)
  const fits = useMedia(PEEK_FITS)
  const { selected, select, close } = useSelection(list.rows, filters.peek, fits)
  const peek = fits ? filters.peek : undefined
  return (
    <main id="main" className="full">
      <div className="head">
        <div>
          <h1>Requests</h1>
        </div>
        <Views q={filters.q} />
        <ExportMenu q={filters.q} />
      </div>
      <QueryBar q={filters.q} refused={refused} />
      {list.error === undefined || refused !== undefined ? null : (
        <Failed error={list.error} what="The list could not be read." retry={list.retry} />
      )}
      <div className={peek === undefined ? 'work' : 'work has-peek'}>
        <section className="card list-card" aria-label="Requests">
          <Fresh list={list} />
          <Rows list={list} q={filters.q} selected={selected} onSelect={select} />
        </section>
        {peek === undefined ? null : <Peek id={peek} onClose={close} />}
      </div>
    </main>
  )
}

interface RowsProps {
  readonly list: RequestList
  readonly q: string | undefined
  readonly selected: string | undefined
  readonly onSelect: (id: string) => void
}

function Rows({ list, q, selected, onSelect }: RowsProps): ReactNode {
  const times = useTimes()
  if (!list.isPending && list.rows.length === 0)
    return list.error === undefined ? <NoRequests q={q} /> : <Empty title="Nothing is shown">{null}</Empty>
  return (
    <>
      <RequestTable
        rows={list.rows}
        isPending={list.isPending && list.error === undefined}
        selected={selected}
        onSelect={onSelect}
      />
      {list.hasOlder ? (
        <footer className="older">
          {list.lookedBackTo === undefined ? null : (
            <p>Looked back to {times.exact(list.lookedBackTo)}; there is more to look at.</p>
          )}
          <button
            type="button"
            className="btn s"
            onClick={list.loadOlder}
            aria-disabled={list.isLoadingOlder}
          >
            {list.isLoadingOlder ? <span className="spin" /> : null}Show older
          </button>
        </footer>
      ) : null}
    </>
  )
}

/** New rows wait until they are wanted. */
function Fresh({ list: { fresh, isMore, showFresh } }: { readonly list: RequestList }): ReactNode {
  if (fresh === 0) return <div aria-live="polite" />
  return (
    <div className="fresh" aria-live="polite">
      <button type="button" className="btn s" onClick={showFresh}>
        Show {isMore ? `${fresh} and more new requests` : counted(fresh, 'new request')}
      </button>
    </div>
  )
}

interface Selection {
  readonly selected: string | undefined
  readonly select: (id: string) => void
  readonly close: () => void
}

/** Keys move a mark over the rows; beside a list that is wide enough they move the peek with it. */
function useSelection(rows: readonly RequestLine[], peek: string | undefined, fits: boolean): Selection {
  const navigate = useNavigate({ from: '/requests' })
  const show = (id: string | undefined): void =>
    void navigate({
      search: ({ peek: _before, ...rest }) => (id === undefined ? rest : { ...rest, peek: id }),
      replace: true,
      resetScroll: false,
    })
  const open = (id: string): void => void navigate({ to: '/requests/$id', params: { id } })
  const { marked, mark } = useRowWalk({
    ids: rows.map(({ id }) => id),
    current: peek,
    onMove: (id) => void (peek !== undefined && show(id)),
    onOpen: (id) => (fits && peek === undefined ? show(id) : open(id)),
  })
  const close = (): void => show(undefined)
  useShortcuts(peek === undefined ? {} : { Escape: close })
  return {
    selected: marked,
    close,
    select(id) {
      mark(id)
      if (fits) show(id)
      else open(id)
    },
  }
}
