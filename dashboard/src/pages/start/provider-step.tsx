import type { ReactNode } from 'react'
import type { GetStart } from '../../api/answers.ts'
import { PasteKey } from './paste-key.tsx'
import { Step } from './step.tsx'

/** A real provider: what was found, and what connects another. */
export function ProviderStep({ start }: { readonly start: GetStart }): ReactNode {
  const { providers, steps } = start
  return (
    <Step
      title="Connect a provider"
      done={steps.provider === null ? undefined : `${steps.provider.name} is connected`}
      open
    >
      <ul className="found">
        {providers.map(({ name, from, simulated }) => (
          <li key={name}>
            <b className="strong">{name}</b> <span className="soft">{from}</span>
            {simulated ? <span className="tag">sim</span> : null}
          </li>
        ))}
      </ul>
      <PasteKey start={start} />
    </Step>
  )
}
