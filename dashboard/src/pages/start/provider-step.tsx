import { useState, type ReactNode } from 'react'
import type { GetStart } from '../../api/answers.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Step } from './step.tsx'

/** A real provider: what was found, and what makes another be found. */
export function ProviderStep({ start }: { readonly start: GetStart }): ReactNode {
  const { providers, connectable, steps, config } = start
  const [chosen, setChosen] = useState('')
  const wanted = connectable.find(({ name }) => name === chosen) ?? connectable[0]
  const line = wanted === undefined ? '' : `export ${wanted.variable}=…`
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
      {wanted === undefined ? null : (
        <>
          <div className="row asks">
            <div className="field">
              <label htmlFor="provider-wanted">Connect</label>
              <select
                id="provider-wanted"
                className="select"
                value={wanted.name}
                onChange={(event) => setChosen(event.target.value)}
              >
                {connectable.map(({ name }) => (
                  <option key={name}>{name}</option>
                ))}
              </select>
            </div>
          </div>
          <div className="code with-copy">
            <pre tabIndex={0}>{line}</pre>
            <CopyButton text={`export ${wanted.variable}=`} label="Copy the variable" word="Copy" />
          </div>
          <p className="small soft">
            {config === null
              ? `Set it where the gateway is started, and start it again: it finds ${wanted.name} by itself.`
              : `Set it where the gateway is started, and name ${wanted.name} under providers in ${config}.`}{' '}
            The key stays there: it goes to this provider and to nobody else.
          </p>
        </>
      )}
    </Step>
  )
}
