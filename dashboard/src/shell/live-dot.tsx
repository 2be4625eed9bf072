import type { ReactNode } from 'react'
import type { LiveState } from '../api/live.ts'
import { useServices } from '../app/services.tsx'
import { useLiveState } from '../app/use-live.ts'
import { useShortcuts } from '../app/use-shortcuts.ts'

const WORDS: Readonly<Record<LiveState, string>> = { live: 'Live', paused: 'Paused', away: 'No answer' }
const DOTS: Readonly<Record<LiveState, string>> = { live: 'dot', paused: 'dot idle', away: 'dot bad' }

/** Whether what happens is shown at once; pressed, it stops and goes on. */
export function LiveDot(): ReactNode {
  const { live } = useServices()
  const state = useLiveState()
  useShortcuts({ l: live.toggle })
  return (
    <button
      type="button"
      className="picker live"
      aria-pressed={state !== 'paused'}
      title={state === 'paused' ? 'Show what happens at once' : 'Keep the page as it is'}
      onClick={live.toggle}
    >
      <span className={DOTS[state]} />
      <span className="word">{WORDS[state]}</span>
    </button>
  )
}
