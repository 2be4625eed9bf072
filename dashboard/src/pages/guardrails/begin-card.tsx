import type { ReactNode } from 'react'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty } from '../../parts/notices.tsx'

const BEGINNING = `guardrails:
  credentials:
    detect: [secrets]
    action: block
    message: Credentials do not leave this company.
  customer-data:
    detect: [personal]
    action: mask
    mode: shadow   # only counts; take it away when the figures are right
`

/** How one begins. */
export function BeginCard(): ReactNode {
  return (
    <section className="card" aria-label="How to begin">
      <Empty title="No guardrail yet">
        <p>
          A guardrail looks for something in what is asked or answered, and blocks, masks or flags it. Put
          this into the configuration: the first refuses credentials, the second only counts personal data.
        </p>
        <div className="code with-copy begin">
          <pre tabIndex={0} aria-label="Guardrails to begin with">
            <code>{BEGINNING}</code>
          </pre>
          <CopyButton text={BEGINNING} label="Copy the configuration" word="Copy" />
        </div>
      </Empty>
    </section>
  )
}
