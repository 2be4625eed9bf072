import type { ReactNode } from 'react'
import { State, type Tone } from '../../parts/state.tsx'

/** What became of a request, by its outcome and the status that its client got. */
export function Outcome({
  outcome,
  status,
}: {
  readonly outcome: string
  readonly status: number
}): ReactNode {
  return <State tone={toneOf(outcome)}>{outcome === 'client-gone' ? 'left' : status}</State>
}

function toneOf(outcome: string): Tone {
  if (outcome === 'ok') return 'good'
  return outcome === 'client-gone' ? 'warn' : 'bad'
}
