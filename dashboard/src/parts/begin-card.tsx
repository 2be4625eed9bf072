import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'
import { Empty } from './notices.tsx'

interface BeginProps {
  readonly title: string
  /** What is put into the configuration. */
  readonly text: string
  /** What that is. */
  readonly label: string
  /** What comes of it. */
  readonly children: ReactNode
}

/** How one begins with something that the configuration does not have yet. */
export function BeginCard({ title, text, label, children }: BeginProps): ReactNode {
  return (
    <section className="card" aria-label="How to begin">
      <Empty title={title}>
        <p>{children}</p>
        <div className="code with-copy begin">
          <pre tabIndex={0} aria-label={label}>
            <code>{text}</code>
          </pre>
          <CopyButton text={text} label="Copy the configuration" word="Copy" />
        </div>
      </Empty>
    </section>
  )
}
