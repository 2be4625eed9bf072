import type { ReactNode } from 'react'
import { asProblem } from '../api/problem.ts'
import { Icon } from './icon.tsx'

/** What failed, why, and what to do; asks again when told to. */
export function Failed({
  error,
  what,
  retry,
}: {
  readonly error: unknown
  readonly what: string
  readonly retry?: () => void
}): ReactNode {
  const { facts } = asProblem(error)
  return (
    <div className="notice bad" role="alert">
      <Icon name="warning" />
      <div>
        <b className="strong">{what}</b> {facts.title}. {facts.detail}
      </div>
      {retry === undefined ? null : (
        <button type="button" className="btn s" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Something that the operator should know of. */
export function Notice({
  tone,
  children,
}: {
  readonly tone: 'bad' | 'warn' | 'info'
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className={`notice ${tone}`}>
      <Icon name={tone === 'info' ? 'info' : 'warning'} />
      <div>{children}</div>
    </div>
  )
}

/** What will be here, and what fills it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string
  readonly children: ReactNode
}): ReactNode {
  return (
    <div className="empty">
      <h3>{title}</h3>
      {children}
    </div>
  )
}

/** Rows of a table that are on their way. */
export function SkeletonRows({
  rows,
  columns,
}: {
  readonly rows: number
  readonly columns: number
}): ReactNode {
  return Array.from({ length: rows }, (_row, row) => (
    <tr key={row} aria-hidden="true">
      {Array.from({ length: columns }, (_column, column) => (
        <td key={column}>
          <span className="sk" style={{ '--w': `${35 + ((row * 7 + column * 13) % 50)}%` }} />
        </td>
      ))}
    </tr>
  ))
}
