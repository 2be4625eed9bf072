import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'

/** A step of the list: whether it is done, and what leads to it. */
export function Step({
  title,
  done,
  open,
  children,
}: {
  readonly title: string
  /** What is true now; absent: it is not done. */
  readonly done: string | undefined
  /** Whether what leads to it is shown. */
  readonly open: boolean
  readonly children: ReactNode
}): ReactNode {
  return (
    <li className={done === undefined ? '' : 'done'}>
      <span className="tick">{done === undefined ? null : <Icon name="check" small label="done" />}</span>
      <div className="content">
        <div className="row">
          <h2>{title}</h2>
          {done === undefined ? null : <span className="badge good">{done}</span>}
        </div>
        {open ? <div className="stack">{children}</div> : null}
      </div>
    </li>
  )
}
