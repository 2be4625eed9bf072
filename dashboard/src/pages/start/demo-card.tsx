import type { ReactNode } from 'react'

/** Where nothing has happened yet one can look at a gateway where much has. */
export function DemoCard(): ReactNode {
  return (
    <section className="card" aria-label="Demo data">
      <header>
        <h2>Look at it with demo data</h2>
      </header>
      <div className="body">
        <p>
          <code>gatehouse start --demo</code>, or <code>npm start -- --demo</code> in a checkout, shows two
          weeks of an invented company in a workspace apart: no provider is asked, nothing here is touched,
          and one click removes it.
        </p>
      </div>
    </section>
  )
}
