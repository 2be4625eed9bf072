import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { CopyButton } from '../../parts/copy-button.tsx'

/** The request as the admin API tells it, and as a call from a shell. */
export function RawCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { curl, neighbours: _beside, ...told } = request
  return (
    <>
      {curl === undefined ? null : (
        <section className="card" aria-labelledby="h-curl">
          <header>
            <h2 id="h-curl">As a call from a shell</h2>
            <span className="small soft">in its dialect; the words are others, the key is yours</span>
          </header>
          <div className="body">
            <Text text={curl} label="Copy the call" />
          </div>
        </section>
      )}
      <section className="card" aria-labelledby="h-raw">
        <header>
          <h2 id="h-raw">As the admin API tells it</h2>
          <code className="small soft">GET /api/v1/requests/{request.id}</code>
        </header>
        <div className="body raw">
          <Text text={JSON.stringify(told, undefined, 2)} label="Copy the JSON" />
        </div>
      </section>
    </>
  )
}

function Text({ text, label }: { readonly text: string; readonly label: string }): ReactNode {
  return (
    <div className="code with-copy">
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} label={label} word="Copy" />
    </div>
  )
}
