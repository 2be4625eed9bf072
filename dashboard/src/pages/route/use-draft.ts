import { useState } from 'react'
import { useSettled } from '../../app/use-settled.ts'
import { NEW_DRAFT, readDraft, type Draft, type DraftWay } from './draft.ts'
import { useCheck, type Checked, type RouteFacts } from './use-route.ts'

const USUAL_LAST = 1_000
/** Whoever types is not asked about at every letter. */
const SETTLED_MS = 350

/** A mistake in the draft. */
export interface DraftProblem {
  readonly line: number | undefined
  readonly text: string
}

/** The draft of a route, and what the gateway says of it. */
export interface RouteDraft {
  /** As it stands in the editor, and as it is written now. */
  readonly text: string
  readonly written: string
  readonly isDraft: boolean
  readonly ways: readonly DraftWay[]
  readonly problems: readonly DraftProblem[]
  readonly state: 'checking' | 'valid' | 'mistakes' | undefined
  /** What was found of just this text. */
  readonly found: Checked | undefined
  readonly isAsking: boolean
  readonly error: unknown
  /** Over how many requests it is compared. */
  readonly last: number
  readonly setLast: (last: number) => void
  /** Absent: it is changed in the file. */
  readonly onEdit: ((text: string) => void) | undefined
  readonly discard: () => void
}

/** Keeps the draft of a route, and has it checked when it settles. */
export function useDraft(name: string, route: RouteFacts | null): RouteDraft {
  const written = route?.yaml ?? ''
  const [edited, setEdited] = useState<string | undefined>(route === null ? NEW_DRAFT : undefined)
  const [last, setLast] = useState(USUAL_LAST)
  const text = edited ?? written
  const read = readDraft(text)
  const isDraft = edited !== undefined && edited !== written
  const asked = useSettled(text, SETTLED_MS)
  const check = useCheck({ name, yaml: asked, last }, isDraft && read.problem === undefined)
  const found = isDraft && asked === text && !check.isPlaceholderData ? check.data : undefined
  const problems = isDraft ? problemsOf(read, found) : []
  return {
    text,
    written,
    isDraft,
    ways: read.ways ?? [],
    problems,
    state: stateOf({ isDraft, problems, found }),
    found,
    isAsking: check.isFetching,
    error: isDraft ? check.error : null,
    last,
    setLast,
    onEdit: route?.origin === 'file' ? undefined : setEdited,
    discard: () => setEdited(undefined),
  }
}

function problemsOf(draft: Draft, found: Checked | undefined): readonly DraftProblem[] {
  if (draft.problem !== undefined) return [{ line: draft.line, text: draft.problem }]
  return (found?.problems ?? [])
    .filter(({ severity }) => severity === 'error')
    .map(({ path, message, value, hint }) => ({
      line: undefined,
      text: [`${path}: ${message}${value === undefined ? '' : `, found ${value}`}.`, hint]
        .filter(Boolean)
        .join(' '),
    }))
}

function stateOf({
  isDraft,
  problems,
  found,
}: Pick<RouteDraft, 'isDraft' | 'problems' | 'found'>): RouteDraft['state'] {
  if (!isDraft) return undefined
  if (problems.length > 0) return 'mistakes'
  return found === undefined ? 'checking' : 'valid'
}
