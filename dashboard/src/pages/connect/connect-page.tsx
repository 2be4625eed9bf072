import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Failed } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { useClients, type ClientLine } from './use-connect.ts'

const KINDS = [
  ['agent', 'Coding agents'],
  ['editor', 'Editors'],
  ['server', 'Chat front ends and workflows'],
  ['library', 'Libraries'],
] as const

/** How is something plugged in? */
export function ConnectPage(): ReactNode {
  const { data, error, refetch } = useClients()
  return (
    <main id="main">
      <PageHead
        title="Connect"
        answer={
          <>
            Any of these takes its settings as they stand on its page. Everything else that speaks one of the
            languages connects to <code>{data?.url ?? '…'}/v1</code> with a key.
          </>
        }
      />
      {error === null ? null : (
        <Failed error={error} what="The clients could not be read." retry={() => void refetch()} />
      )}
      {KINDS.map(([kind, title]) => (
        <section key={kind} className="card" aria-label={title}>
          <header>
            <h2>{title}</h2>
          </header>
          <ul className="clients">
            {data === undefined
              ? Array.from({ length: 4 }, (_, index) => (
                  <li key={index} aria-hidden="true">
                    <span className="sk" style={{ '--w': `${50 + index * 9}%` }} />
                  </li>
                ))
              : data.clients
                  .filter((one) => one.kind === kind)
                  .map((one) => <Client key={one.name} client={one} />)}
          </ul>
        </section>
      ))}
    </main>
  )
}

function Client({ client: { name, title, speaks, reads } }: { readonly client: ClientLine }): ReactNode {
  return (
    <li>
      <Link to="/connect/$client" params={{ client: name }}>
        <b className="strong">{title}</b>
        <span className="soft small">speaks {speaks}</span>
        <span className="soft small">{reads}</span>
      </Link>
    </li>
  )
}
