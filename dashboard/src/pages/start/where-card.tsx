import type { ReactNode } from 'react'
import type { GetStart } from '../../api/answers.ts'

/** Where it runs, and who is reached from there. */
export function WhereCard({ start: { url, config, model } }: { readonly start: GetStart }): ReactNode {
  return (
    <section className="card" aria-label="Where it runs">
      <header>
        <h2>Where it runs</h2>
      </header>
      <div className="body">
        <dl className="facts left">
          <dt>Gateway</dt>
          <dd>
            <code>{url}/v1</code>
          </dd>
          <dt>Dashboard</dt>
          <dd>
            <code>{location.host}</code>
          </dd>
          <dt>Configuration</dt>
          <dd>{config ?? 'no file: what was found is used'}</dd>
          <dt>First model</dt>
          <dd>
            <code>{model}</code>
          </dd>
        </dl>
      </div>
      <footer>Nothing leaves this machine except calls to the providers that you connect.</footer>
    </section>
  )
}
