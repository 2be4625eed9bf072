import type { ReactNode } from 'react'

/** What was changed or dropped on the way, as the client was told it in `x-gatehouse-notices`. */
export function NoticesCard({ notices }: { readonly notices: string }): ReactNode {
  const lines = notices.split('; ').filter((line) => line !== '')
  if (lines.length === 0) return null
  return (
    <section className="card" aria-labelledby="h-notices">
      <header>
        <h2 id="h-notices">What translation changed</h2>
        <span className="small soft">told to the client in x-gatehouse-notices</span>
      </header>
      <ul className="body list">
        {lines.map((line) => (
          <li key={line}>
            <code>{line}</code>
          </li>
        ))}
      </ul>
    </section>
  )
}
