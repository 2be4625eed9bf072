import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { PEEK_FITS, useMedia } from '../../app/media.ts'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { useTimes } from '../../app/use-times.ts'
import { Icon } from '../../parts/icon.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { useRowWalk } from '../../parts/use-row-walk.ts'
import { counted } from '../../words/numbers.ts'
import { ColumnsMenu } from './columns-menu.tsx'
import { useChosenColumns, type ChosenColumns } from './columns.ts'
import { ExportMenu } from './export-menu.tsx'
import type { RequestFilters } from './filters.ts'
import { Facets, FacetsButton } from './facets.tsx'
import { NoRequests } from './no-requests.tsx'
import { Peek } from './peek.tsx'
import { QueryBar, queryMistake, Views } from './query-bar.tsx'
import { RequestTable } from './request-table.tsx'
import { ViewsMenu } from './views-menu.tsx'
import { useRequests, type RequestLine, type RequestList } from './use-requests.ts'

/** What happened to this call? */
export function RequestsPage(): ReactNode {
  const filters = useSearch({ from: '/requests' })
  const { q } = filters
  const [isFollowing, setFollowing] = useState(false)
  const list = useRequests(q, isFollowing)
  const refused = queryMistake(list.error)
  const fits = useMedia(PEEK_FITS)
  const columns = useChosenColumns()
  const rows = useRows(list.rows, filters, fits)
  const peek = fits ? filters.peek : undefined
  useShortcuts({ f: () => setFollowing(!isFollowing) })
  return (
    <main id="main" className="full">
      <div className="head">
        <div>
          <h1>Requests</h1>
        </div>
        <Views q={q} />
        <ViewsMenu q={q} />
        <FacetsButton q={q} />
        <button
          type="button"
          className="btn s phone-hide"
          aria-pressed={isFollowing}
          title="New requests are shown by themselves (f)"
          onClick={() => setFollowing(!isFollowing)}
        >
          <Icon name={isFollowing ? 'check' : 'clock'} />
          Follow
        </button>
        <ColumnsMenu columns={columns} />
        <ExportMenu q={q} selected={[...rows.checked]} />
      </div>
      <QueryBar q={q} refused={refused} />
      {list.error === undefined || refused !== undefined ? null : (
        <Failed error={list.error} what="The list could not be read." retry={list.retry} />
      )}
      <div className={peek === undefined ? 'work has-facets' : 'work has-peek'}>
        {peek === undefined ? (
          <section className="facets beside-list" aria-label="Filter by">
            <Facets q={q} />
          </section>
        ) : null}
        <section className="card list-card" aria-label="Requests">
          <Fresh list={list} />
          <Rows list={list} q={q} rows={rows} columns={columns} />
        </section>
        {peek === undefined ? null : <Peek id={peek} q={q} onClose={rows.close} />}
      </div>
    </main>
  )
}

interface RowsProps {
  readonly list: RequestList
  readonly q: string | undefined
  readonly rows: WalkedRows
  readonly columns: ChosenColumns
}

function Rows({ list, q, rows, columns }: RowsProps): ReactNode {
  const times = useTimes()
  if (!list.isPending && list.rows.length === 0)
    return list.error === undefined ? <NoRequests q={q} /> : <Empty title="Nothing is shown">{null}</Empty>
  return (
    <>
      <RequestTable
        rows={list.rows}
        isPending={list.isPending && list.error === undefined}
        marked={rows.marked}
        onOpen={rows.open}
        checked={rows.checked}
        onCheck={rows.check}
        shown={columns.shown}
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

/** The rows under the keys: the one that keys came to, and those that are selected. */
interface WalkedRows {
  readonly marked: string | undefined
  readonly open: (id: string) => void
  readonly close: () => void
  readonly checked: ReadonlySet<string>
  readonly check: (id: string) => void
}

/** Keys move a mark over the rows; beside a list that is wide enough they move the peek with it, and `x` selects. */
function useRows(rows: readonly RequestLine[], { peek, q }: RequestFilters, fits: boolean): WalkedRows {
  const navigate = useNavigate({ from: '/requests' })
  const [checked, setChecked] = useState<ReadonlySet<string>>(new Set())
  const check = (id: string): void => {
    const others = [...checked].filter((one) => one !== id)
    setChecked(new Set(checked.has(id) ? others : [...others, id]))
  }
  const show = (id: string | undefined): void =>
    void navigate({
      search: ({ peek: _before, ...rest }) => (id === undefined ? rest : { ...rest, peek: id }),
      replace: true,
      resetScroll: false,
    })
  const toPage = (id: string): void =>
    void navigate({ to: '/requests/$id', params: { id }, search: q === undefined ? {} : { q } })
  const { marked, mark } = useRowWalk({
    ids: rows.map(({ id }) => id),
    current: peek,
    onMove: (id) => void (peek !== undefined && show(id)),
    onOpen: (id) => (fits && peek === undefined ? show(id) : toPage(id)),
    onCheck: check,
  })
  const close = (): void => show(undefined)
  const clear = checked.size === 0 ? undefined : () => setChecked(new Set())
  useShortcuts({ Escape: peek === undefined ? clear : close })
  return {
    marked,
    close,
    checked,
    check,
    open(id) {
      mark(id)
      if (fits) show(id)
      else toPage(id)
    },
  }
}
