import type { ReactNode } from 'react'
import { amount, exactAmount, total, type Money } from '../words/money.ts'

/** What something cost, and what kind of money that is. */
export interface CostFacts {
  readonly cost: Money | 'unpriced'
  readonly estimated?: boolean
  readonly simulated?: boolean
}

/** How many digits: five in lists, cents in sums, all on receipts. */
export type Digits = 'list' | 'sum' | 'all'

const SHOWN = { list: amount, sum: total, all: exactAmount } as const

/** Each kind of money has one look: what is guessed, invented or unknown never looks settled. */
export function Cost({
  cost,
  estimated = false,
  simulated = false,
  digits = 'list',
}: CostFacts & { readonly digits?: Digits }): ReactNode {
  if (cost === 'unpriced') return <span className="unpriced">unpriced</span>
  const shown = SHOWN[digits](cost)
  if (shown === '$0') return <span className="soft">$0</span>
  const text = estimated ? `≈ ${shown}` : shown
  if (!simulated) return text
  return (
    <>
      <span className="tag">sim</span> <span className="simulated">{text}</span>
    </>
  )
}
