import type { ReactNode } from 'react'
import { BeginCard } from '../../parts/begin-card.tsx'

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
export function BeginGuardrails(): ReactNode {
  return (
    <BeginCard title="No guardrail yet" text={BEGINNING} label="Guardrails to begin with">
      A guardrail looks for something in what is asked or answered, and blocks, masks or flags it. Put this
      into the configuration: the first refuses credentials, the second only counts personal data.
    </BeginCard>
  )
}
