import type { ReactNode } from 'react'
import { Cost, type Digits } from '../../parts/cost.tsx'
import type { Money } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'

interface SpentFacts {
  readonly cost: Money
  readonly simulated: Money
  readonly estimated: boolean
  readonly unpriced: number
}

/** What a session cost: real money; invented money beside it, never in its sum; and what has no price is said. */
export function Spent({
  of: { cost, simulated, estimated, unpriced },
  digits = 'list',
}: {
  readonly of: SpentFacts
  readonly digits?: Digits
}): ReactNode {
  const isInvented = simulated.nano_usd !== '0'
  const isReal = cost.nano_usd !== '0' || (!isInvented && unpriced === 0)
  return (
    <>
      {isReal ? <Cost cost={cost} estimated={estimated} digits={digits} /> : null}
      {isReal && isInvented ? ' ' : null}
      {isInvented ? <Cost cost={simulated} estimated={estimated} simulated digits={digits} /> : null}
      {unpriced === 0 ? null : <span className="unpriced"> {count(unpriced)} unpriced</span>}
    </>
  )
}
