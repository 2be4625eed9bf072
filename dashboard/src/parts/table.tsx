import { useState, type ReactNode } from 'react'
import type { CsvValue } from '../words/csv.ts'
import { Icon } from './icon.tsx'
import { Failed, SkeletonRows } from './notices.tsx'
import { Wide } from './wide.tsx'

/** A column: its head, and what stands in it of each row. */
export interface Column<Row> {
  readonly head: string
  /** The head is for readers alone. */
  readonly isHeadHidden?: true
  /** Numbers stand right, under a head that does. */
  readonly num?: true
  readonly className?: string
  readonly cell: (row: Row, place: number) => ReactNode
  /** What rows are sorted by, where the whole list is here; undefined stands last. */
  readonly sortBy?: (row: Row) => number | string | undefined
  /** What a file of the list has; absent: the column is left out there. */
  readonly csv?: (row: Row) => CsvValue
}

export interface TableProps<Row> {
  /** What is in it, for readers. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  /** Absent: they are on their way. */
  readonly rows: readonly Row[] | undefined
  /** What tells rows apart; it stands in `data-id`, for keys. */
  readonly keyOf: (row: Row) => string
  /** What stands there when there is no row. */
  readonly empty?: ReactNode
  /** Why there is none, and how it is asked again. Rows that are here already stay. */
  readonly error?: { readonly error: unknown; readonly what: string; readonly retry?: () => void } | undefined
  /** What is to be said of a list that is not whole. */
  readonly partial?: ReactNode
  /** Rows that stand for sums. */
  readonly foot?: ReactNode
  readonly rowClass?: (row: Row) => string
  /** Called for a press anywhere in a row that is no link and no button; the row is marked as one that can be opened. */
  readonly onOpen?: (row: Row) => void
  /** The row that is marked. */
  readonly marked?: string | undefined
  /** `stacked`: lines under each other where the window is narrow, instead of scrolling. */
  readonly className?: string
  readonly skeletons?: number
}

interface Sorted {
  readonly head: string
  readonly isDown: boolean
}

/** A list: what it holds, or why it holds nothing. Its head stays on top of the window, and it scrolls inside of its card where it is too wide. */
export function Table<Row>(props: TableProps<Row>): ReactNode {
  const { label, columns, rows, empty, error, partial, foot, className, skeletons = 6 } = props
  const [sorted, setSorted] = useState<Sorted>()
  if (error !== undefined && rows === undefined)
    return (
      <div className="body first">
        <Failed {...error} />
      </div>
    )
  if (rows?.length === 0 && empty !== undefined) return empty
  return (
    <>
      {error === undefined ? null : <Failed {...error} />}
      <Wide label={label}>
        <table className={className === undefined ? 'data' : `data ${className}`} aria-label={label}>
          <Head columns={columns} sorted={sorted} onSort={setSorted} />
          <tbody aria-busy={rows === undefined}>
            {rows === undefined ? <SkeletonRows rows={skeletons} columns={columns.length} /> : null}
            {inOrder(rows ?? [], columns, sorted).map((row, place) => (
              <Line key={props.keyOf(row)} row={row} place={place} table={props} />
            ))}
          </tbody>
          {foot === undefined ? null : <tfoot>{foot}</tfoot>}
        </table>
      </Wide>
      {partial === undefined ? null : <footer className="partial">{partial}</footer>}
    </>
  )
}

function Head<Row>({
  columns,
  sorted,
  onSort,
}: {
  readonly columns: readonly Column<Row>[]
  readonly sorted: Sorted | undefined
  readonly onSort: (sorted: Sorted) => void
}): ReactNode {
  return (
    <thead>
      <tr>
        {columns.map(({ head, isHeadHidden, num, className, sortBy }) => {
          const isBy = sorted?.head === head
          const down = isBy ? !sorted.isDown : num === true
          return (
            <th
              key={head}
              scope="col"
              className={classes(num, className)}
              {...(isBy ? { 'aria-sort': sorted.isDown ? 'descending' : 'ascending' } : {})}
            >
              {isHeadHidden === true ? (
                <span className="vh">{head}</span>
              ) : sortBy === undefined ? (
                head
              ) : (
                <button type="button" className="sort" onClick={() => onSort({ head, isDown: down })}>
                  {head}
                  {isBy ? (
                    <span className={sorted.isDown ? 'way' : 'way up'}>
                      <Icon name="down" small />
                    </span>
                  ) : null}
                </button>
              )}
            </th>
          )
        })}
      </tr>
    </thead>
  )
}

interface LineProps<Row> {
  readonly row: Row
  readonly place: number
  readonly table: TableProps<Row>
}

function Line<Row>({
  row,
  place,
  table: { columns, keyOf, rowClass, onOpen, marked },
}: LineProps<Row>): ReactNode {
  const id = keyOf(row)
  return (
    <tr
      data-id={id}
      className={[rowClass?.(row) ?? '', onOpen === undefined ? '' : 'opens'].filter(Boolean).join(' ')}
      aria-selected={marked === undefined ? undefined : id === marked}
      onClick={onOpen && ((event) => void (isPlain(event.target) && onOpen(row)))}
    >
      {columns.map(({ head, num, className, cell }) => (
        <td key={head} className={classes(num, className)}>
          {cell(row, place)}
        </td>
      ))}
    </tr>
  )
}

function classes(num: true | undefined, className: string | undefined): string {
  return [num === true ? 'num' : '', className ?? ''].filter((one) => one !== '').join(' ')
}

function inOrder<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorted: Sorted | undefined,
): readonly Row[] {
  const sortBy = columns.find(({ head }) => head === sorted?.head)?.sortBy
  if (sorted === undefined || sortBy === undefined) return rows
  const way = sorted.isDown ? -1 : 1
  return rows.toSorted((one, other) => {
    const [left, right] = [sortBy(one), sortBy(other)]
    if (left === undefined || right === undefined)
      return Number(left === undefined) - Number(right === undefined)
    if (typeof left === 'string' || typeof right === 'string')
      return way * String(left).localeCompare(String(right))
    return way * (left - right)
  })
}

/** A link does what links do; text that is being marked is no press. */
function isPlain(target: EventTarget): boolean {
  return (
    target instanceof Element &&
    target.closest('a, button, input, label') === null &&
    getSelection()?.isCollapsed !== false
  )
}
