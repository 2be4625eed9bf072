import type { ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { State } from '../../parts/state.tsx'

/** The answer of the page in a sentence. */
export function HealthLine({ status }: { readonly status: GetStatusz | undefined }): ReactNode {
  if (status === undefined) return <p>Asking the gateway.</p>
  const resting = status.providers.filter(({ state }) => state !== 'ready')
  if (status.draining)
    return (
      <p className="row">
        <State tone="warn">Draining.</State> New requests are refused, what is under way is finished.
      </p>
    )
  if (status.troubles.some(({ unready }) => unready))
    return (
      <p className="row">
        <State tone="bad">Not ready.</State> What is wrong stands below.
      </p>
    )
  if (resting.length > 0 || status.troubles.length > 0 || !status.config.last_reload_ok)
    return (
      <p className="row">
        <State tone="warn">Serving, with something to look at.</State> {restingText(resting)}
      </p>
    )
  return (
    <p className="row">
      <State tone="good">Serving normally.</State> Nothing rests, everything is kept.
    </p>
  )
}

function restingText(resting: GetStatusz['providers']): string {
  return resting.length === 0 ? '' : `${resting.map(({ name, state }) => `${name}: ${state}`).join('; ')}.`
}
