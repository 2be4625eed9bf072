import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react'
import type { GetRequests } from '../../api/answers.ts'
import { asProblem, sentenceOf } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'
import { useShortcuts } from '../../app/use-shortcuts.ts'
import { Icon } from '../../parts/icon.tsx'
import { listPath } from './filters.ts'

const VIEWS: readonly { readonly name: string; readonly q?: string }[] = [
  { name: 'All' },
  { name: 'Fell back', q: 'begun:fallback' },
  { name: 'Failed', q: 'status:error' },
  { name: 'Client left', q: 'status:gone' },
]

/** Queries that are wanted often. */
export function Views({ q }: { readonly q: string | undefined }): ReactNode {
  return (
    <div className="seg" role="group" aria-label="Views">
      {VIEWS.map((view) => (
        <Link
          key={view.name}
          to="/requests"
          search={view.q === undefined ? {} : { q: view.q }}
          aria-current={view.q === q ? 'true' : undefined}
        >
          {view.name}
        </Link>
      ))}
    </div>
  )
}

/** The query of the address, to be written anew. One that has mistakes is not gone to: the list still shows the one before. */
export function QueryBar({
  q,
  refused,
}: {
  readonly q: string | undefined
  readonly refused: string | undefined
}): ReactNode {
  const field = useRef<HTMLInputElement>(null)
  const { draft, setDraft, mistake, submit } = useDraft(q)
  useShortcuts({ '/': () => field.current?.focus() })
  const said = mistake ?? refused
  return (
    <div>
      <form className="query" role="search" onSubmit={submit}>
        <Icon name="search" />
        <input
          ref={field}
          aria-label="Query"
          aria-invalid={said !== undefined}
          aria-describedby="query-said"
          placeholder="route:support status:error cost:>0.01 at:>24h"
          spellCheck={false}
          autoComplete="off"
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && field.current?.blur()}
        />
        {draft === '' ? <kbd aria-hidden="true">/</kbd> : null}
      </form>
      <div id="query-said" className="field" aria-live="polite">
        {said === undefined ? null : (
          <span className="error">
            <Icon name="warning" small />
            {said}
          </span>
        )}
      </div>
    </div>
  )
}

interface Draft {
  readonly draft: string
  readonly setDraft: (text: string) => void
  /** What is wrong with it. */
  readonly mistake: string | undefined
  readonly submit: (event: FormEvent) => void
}

function useDraft(q: string | undefined): Draft {
  const { ask } = useServices()
  const navigate = useNavigate({ from: '/requests' })
  const [draft, setDraft] = useState(q ?? '')
  const [mistake, setMistake] = useState<string>()
  useEffect(() => {
    setDraft(q ?? '')
    setMistake(undefined)
  }, [q])
  const take = async (wanted: string): Promise<void> => {
    const found = await mistakeIn(() => ask<GetRequests>(listPath(wanted, { limit: 1 })))
    setMistake(found)
    if (found === undefined) await navigate({ search: wanted === '' ? {} : { q: wanted } })
  }
  return {
    draft,
    setDraft,
    mistake,
    submit(event) {
      event.preventDefault()
      void take(draft.trim())
    },
  }
}

/** What the gateway objects to in a query, or undefined. That it cannot be asked is told by the list. */
async function mistakeIn(asking: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await asking()
    return undefined
  } catch (thrown) {
    return queryMistake(thrown)
  }
}

/** The mistake that the gateway found in a query; undefined for any other problem. */
export function queryMistake(thrown: unknown): string | undefined {
  const line = asProblem(thrown).facts.errors?.find(({ path }) => path === 'q')
  return line === undefined ? undefined : sentenceOf(line)
}
