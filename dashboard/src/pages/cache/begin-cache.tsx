import type { ReactNode } from 'react'
import { BeginCard } from '../../parts/begin-card.tsx'

const BEGINNING = `routes:
  support:
    targets: [openai/gpt-4.1-mini]
    cache:
      ttl: 1h
      tags: [faq]
`

/** How one begins. */
export function BeginCache(): ReactNode {
  return (
    <BeginCard title="No route keeps answers yet" text={BEGINNING} label="A route that keeps answers">
      A route with a cache gives an answer again to whoever of the same team asks the same: at once, for
      nothing, in any dialect. Put this into the configuration. Only what would be answered the same again is
      kept.
    </BeginCard>
  )
}
