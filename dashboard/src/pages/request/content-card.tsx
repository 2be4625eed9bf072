import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { GetRequestsId, GetRequestsIdContent } from '../../api/answers.ts'
import { asProblem } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { count } from '../../words/numbers.ts'
import { Block, readBlock, readTurn } from './content-blocks.tsx'

function useContent(id: string, isWanted: boolean): UseQueryResult<GetRequestsIdContent> {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['content', id],
    queryFn: ({ signal }) =>
      ask<GetRequestsIdContent>(`/api/v1/requests/${encodeURIComponent(id)}/content`, { signal }),
    enabled: isWanted,
    retry: false,
  })
}

/** What was said, where that is kept. It is read when somebody asks for it, because whoever reads it leaves a line in the log. */
export function ContentCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  const queries = useQueryClient()
  // What was shown once is shown again without being asked for.
  const [isWanted, setWanted] = useState(() => queries.getQueryData(['content', request.id]) !== undefined)
  const { data, error } = useContent(request.id, isWanted)
  return (
    <section className="card" aria-labelledby="h-content">
      <header>
        <h2 id="h-content">What was said</h2>
        {data === undefined ? null : <Kept content={data} />}
      </header>
      <div className="body stack">
        {isWanted ? null : (
          <div className="row">
            <button type="button" className="btn" onClick={() => setWanted(true)}>
              Show it
            </button>
            <span className="small soft">Who reads it leaves a line in the log of the gateway.</span>
          </div>
        )}
        {isWanted && data === undefined && error === null ? (
          <span className="sk" style={{ '--w': '48%' }} />
        ) : null}
        {error === null ? null : <Missing error={error} />}
        {data === undefined ? null : <Said content={data} />}
      </div>
    </section>
  )
}

function Kept({ content: { keep, masked = {} } }: { readonly content: GetRequestsIdContent }): ReactNode {
  const marks = Object.entries(masked).map(([name, times]) => `${times} ${name}`)
  return (
    <>
      {marks.length === 0 ? null : <span className="small soft">masked: {marks.join(', ')}</span>}
      <span className="badge">{keep === 'full' ? 'kept in full' : 'redacted'}</span>
    </>
  )
}

function Missing({ error }: { readonly error: unknown }): ReactNode {
  const { status, detail } = asProblem(error).facts
  if (status !== 404) return <Failed error={error} what="What was said could not be read." />
  return (
    <Empty title="Nothing is there">
      <p>{detail}</p>
      <p>
        <code>{'logs: { content: { routes: { support: redacted } } }'}</code> keeps what is said in the
        requests of a route from now on, with personal data and secrets masked.
      </p>
    </Empty>
  )
}

function Said({ content }: { readonly content: GetRequestsIdContent }): ReactNode {
  const { request, answer, failed_attempts: failed, ended_by: end } = content
  const left = request.turns_left_out ?? 0
  return (
    <>
      {left === 0 ? null : <p className="small soft">{count(left)} older turns were too much to keep.</p>}
      <ol className="said">
        {(request.turns ?? []).map(readTurn).map(({ role, blocks }, place) => (
          <Turn key={place} role={role} blocks={blocks} />
        ))}
        {failed.map(({ attempt, target, message, body }) => (
          <Turn key={attempt} role={`${target} failed`} blocks={[{ type: 'text', text: body ?? message }]} />
        ))}
        {(answer?.choices ?? []).map(({ blocks, finish }, place) => (
          <Turn
            key={`a${place}`}
            role={finish === undefined ? 'answer' : `answer, ${finish}`}
            blocks={blocks}
            isAnswer
          />
        ))}
        {end === undefined ? null : <Turn role={end.code} blocks={[{ type: 'text', text: end.message }]} />}
      </ol>
      <Upstream content={content} />
    </>
  )
}

function Turn({
  role,
  blocks,
  isAnswer = false,
}: {
  readonly role: string
  readonly blocks: readonly unknown[]
  readonly isAnswer?: boolean
}): ReactNode {
  return (
    <li className={isAnswer ? 'answer' : undefined}>
      <span className="speaker small">{role}</span>
      <div className="stack">
        {blocks.map(readBlock).map((block, place) => (
          <Block key={place} block={block} />
        ))}
      </div>
    </li>
  )
}

const NOT_COMPARED = {
  'no-body': 'it had no body',
  'in-parts': 'it was asked in several parts',
  'too-large': 'it is too large',
  'not-read': 'no client could have said it so',
} as const

/** How what went upstream differs from what the client asked. */
function Upstream({ content: { upstream } }: { readonly content: GetRequestsIdContent }): ReactNode {
  if (upstream === undefined) return null
  const { target, changes = [], changes_omitted: more = 0, not_compared: why } = upstream
  return (
    <div className="stack">
      <h3>
        {why === undefined
          ? `Differences on the way to ${target}: ${count(changes.length + more)}`
          : `What went to ${target} is not compared: ${NOT_COMPARED[why]}`}
      </h3>
      <ul className="differences">
        {changes.map(({ path, change, from, to }) => (
          <li key={path}>
            <span className="badge">{change}</span> <code>{path}</code>
            {from === undefined ? null : <del className="mono small">{from}</del>}
            {to === undefined ? null : <ins className="mono small">{to}</ins>}
          </li>
        ))}
      </ul>
    </div>
  )
}
