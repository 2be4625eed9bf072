/** What the admin API objects to, or what stood in the way of asking it. */
export interface ProblemFacts {
  /** Of HTTP; 0 where nobody answered. */
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail?: string
  readonly errors?: readonly ProblemLine[]
}

/** One mistake of a request. */
export interface ProblemLine {
  readonly path: string
  readonly message: string
  readonly hint?: string
}

/** A refusal of the admin API (RFC 9457), or its silence. */
export class Problem extends Error {
  readonly facts: ProblemFacts

  constructor(facts: ProblemFacts) {
    super(facts.detail ?? facts.title)
    this.name = 'Problem'
    this.facts = facts
  }
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  const detail = thrown instanceof Error ? thrown.message : String(thrown)
  return new Problem({ status: 0, code: 'page-failed', title: 'This page failed', detail })
}

/** A mistake and what helps against it, as sentences. */
export function sentenceOf({ message, hint }: ProblemLine): string {
  return hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`
}
