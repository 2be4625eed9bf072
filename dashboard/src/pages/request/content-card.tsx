import { useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import type { GetRequestsId, GetRequestsIdContent } from '../../api/answers.ts'
import { asProblem } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { Empty, Failed } from '../../parts/notices.tsx'
import { count, counted } from '../../words/numbers.ts'
import { Block, readBlock, readTurn } from './content-blocks.tsx'

/** @param restores whether masked values are to be shown that are remembered: they are not kept here when the page is left */
function useContent(
  id: string,
  { isWanted, restores }: { readonly isWanted: boolean; readonly restores: boolean },
): UseQueryResult<GetRequestsIdContent> {
  const { ask } = useServices()
  const path = `/api/v1/requests/${encodeURIComponent(id)}/content`
  return useQuery({
    queryKey: restores ? ['content', id, 'restored'] : ['content', id],
    queryFn: ({ signal }) => ask<GetRequestsIdContent>(restores ? `${path}?restore=true` : path, { signal }),
    enabled: isWanted,
    retry: false,
    ...(restores ? { gcTime: 0, staleTime: Number.POSITIVE_INFINITY } : {}),
  })
}

/** What was said, where that is kept. It is read when somebody asks for it, because whoever reads it leaves a line in the log. */
export function ContentCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  const queries = useQueryClient()
  // What was shown once is shown again without being asked for.
  const [isWanted, setWanted] = useState(() => queries.getQueryData(['content', request.id]) !== undefined)
  const [restores, setRestores] = useState(false)
  const masked = useContent(request.id, { isWanted, restores: false })
  const restored = useContent(request.id, { isWanted: isWanted && restores, restores: true })
  const { data, error } = restores ? restored : masked
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
        {data?.remembered === undefined ? null : (
          <Remembered {...data.remembered} onToggle={() => setRestores(!restores)} />
        )}
        {data === undefined ? null : <Said content={data} />}
      </div>
    </section>
  )
}

interface RememberedProps extends NonNullable<GetRequestsIdContent['remembered']> {
  readonly onToggle: () => void
}

/** What guardrails have masked and remember: how much it is, and whether it may be shown. */
function Remembered({ values, shown, allowed, onToggle }: RememberedProps): ReactNode {
  const many = counted(values, 'masked value')
  if (!allowed)
    return (
      <p className="small soft">
        Guardrails remember {many} of it. <code>logs.content.restore</code> would let operators see them.
      </p>
    )
  return (
    <div className="row">
      <button type="button" className="btn" aria-pressed={shown} onClick={onToggle}>
        {shown ? 'Hide masked values' : 'Show masked values'}
      </button>
      <span className="small soft">
        {shown
          ? `${many} shown; the log of the gateway has a line about it.`
          : `Guardrails remember ${many} of it. Who sees them leaves a line in the log of the gateway.`}
      </span>
    </div>
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
