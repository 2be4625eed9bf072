import type { ReactNode } from 'react'
import { count } from '../../words/numbers.ts'
import { Meter } from '../../parts/meter.tsx'
import type { Load } from './use-loads.ts'

const NEAR = 0.2

/** What is left at the provider's rate limits, and how full the caps of the configuration are. */
export function Limits({
  load: { headroom, tokens_left: tokens, gates },
}: {
  readonly load: Load
}): ReactNode {
  if (headroom === undefined && gates.length === 0) return <span className="soft">none told</span>
  return (
    <span className="limits">
      {headroom === undefined ? null : (
        <Meter share={headroom} tone={headroom < NEAR ? 'var(--warn-mark)' : 'var(--soft)'}>
          <span className={headroom < NEAR ? 'warn' : ''}>
            {Math.round(100 * headroom)} % left{tokens === undefined ? '' : `, ${count(tokens)} tokens`}
          </span>
        </Meter>
      )}
      {gates.map(({ name, limit, in_use: used, waiting }) => (
        <span key={name} className="small">
          {name} {count(used)} of {count(limit)}
          {waiting === 0 ? '' : `, ${count(waiting)} waiting`}
        </span>
      ))}
    </span>
  )
}
