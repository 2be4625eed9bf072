import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetStatusz } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Empty } from '../../parts/notices.tsx'

/** Nothing that the query asks for, or nothing at all yet. */
export function NoRequests({ q }: { readonly q: string | undefined }): ReactNode {
  if (q === undefined) return <FirstRequest />
  return (
    <Empty title="Nothing matches this query in this time">
      <p>
        <Link to="/requests">Show all requests</Link>
      </p>
    </Empty>
  )
}

function FirstRequest(): ReactNode {
  const { ask } = useServices()
  const status = useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => ask<GetStatusz>('/statusz', { signal }),
  })
  const lines = [
    `curl -s ${status.data?.url ?? 'http://127.0.0.1:4100'}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $GATEHOUSE_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d '{"model":"auto","messages":[{"role":"user","content":"Say hi"}]}'`,
  ]
  return (
    <Empty title="No request in this time">
      <p>Every call appears here within seconds, with the reason for its route and what it cost.</p>
      <div className="code with-copy first-call">
        <pre>{lines.join('\n')}</pre>
        <CopyButton text={lines.join('\n')} label="Copy the call" word="Copy" />
      </div>
    </Empty>
  )
}
