import type { ReactNode } from 'react'

export interface PageHeadProps {
  readonly title: string
  /** The answer to the question of the page, as a sentence. */
  readonly answer?: ReactNode
  /** What can be done on the page; one of it at most is the primary act. */
  readonly children?: ReactNode
}

/** The head of a page: what it is called, and its answer. The proof follows. */
export function PageHead({ title, answer, children }: PageHeadProps): ReactNode {
  return (
    <div className="head">
      <div>
        <h1>{title}</h1>
        {answer === undefined ? null : <div className="answer">{answer}</div>}
      </div>
      {children}
    </div>
  )
}
