import type { ReactNode } from 'react'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty } from '../../parts/notices.tsx'

const BEGINNING = `routes:
  support:
    targets: [openai/gpt-4.1-mini]
    cache:
      ttl: 1h
      tags: [faq]
`

/** How one begins. */
export function BeginCard(): ReactNode {
  return (
    <section className="card" aria-label="How to begin">
      <Empty title="No route keeps answers yet">
        <p>
          A route with a cache gives an answer again to whoever of the same team asks the same: at once, for
          nothing, in any dialect. Put this into the configuration. Only what would be answered the same again
          is kept.
        </p>
        <div className="code with-copy begin">
          <pre tabIndex={0} aria-label="A route that keeps answers">
            <code>{BEGINNING}</code>
          </pre>
          <CopyButton text={BEGINNING} label="Copy the configuration" word="Copy" />
        </div>
      </Empty>
    </section>
  )
}
