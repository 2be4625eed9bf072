import { readNumber, readObjects, readText, type Unread } from '../../words/reading.ts'

/** An attempt as the decision tells it. */
export interface AttemptTold {
  readonly id: string
  readonly outcome: string
  readonly status?: number
  readonly startedMs?: number
  readonly durationMs?: number
  readonly firstEventMs?: number
}

/** A target that was considered. */
export interface Candidate {
  readonly target: string
  readonly isEligible: boolean
  /** Why it stands where it stands, or was left out. */
  readonly reason: string
  readonly detail: string
  readonly attempts: readonly AttemptTold[]
}

/** Who was considered, and how many more the record only counts. */
export interface Candidates {
  readonly strategy: string
  readonly rows: readonly Candidate[]
  readonly more: number
}

/** The steps of a decision, in the order in which they were taken. */
export function stepsOf(decision: Unread): readonly Unread[] {
  return readObjects(decision, 'steps')
}

const kindOf = (step: Unread): string | undefined => readText(step, 'step')

/** Everybody whom a decision names, those who may be asked first, in their order, with what became of each. */
export function candidatesOf(decision: Unread): Candidates {
  const steps = stepsOf(decision)
  const ranks = steps.filter((step) => kindOf(step) === 'rank')
  const filters = steps.filter((step) => kindOf(step) === 'filter')
  const attempts = steps.filter((step) => kindOf(step) === 'attempt')
  const rows = new Map<string, Candidate>()
  const add = (row: Omit<Candidate, 'attempts'>): void => {
    if (rows.has(row.target)) return
    const own = attempts.filter((step) => readText(step, 'target') === row.target)
    rows.set(row.target, { ...row, attempts: own.map(toAttempt) })
  }
  for (const step of ranks)
    for (const [index, one] of readObjects(step, 'targets').entries()) {
      const reason = index === 0 ? (readText(step, 'reason') ?? '') : 'next-in-order'
      add({ ...named(one), isEligible: true, reason })
    }
  for (const step of filters)
    for (const one of readObjects(step, 'targets'))
      add({ ...named(one), isEligible: false, reason: readText(one, 'reason') ?? '' })
  for (const step of attempts) add({ ...named(step), isEligible: true, reason: '' })
  return {
    strategy: ranks.map((step) => readText(step, 'strategy')).find((name) => name !== undefined) ?? '',
    rows: [...rows.values()],
    more: [...ranks, ...filters].reduce((sum, step) => sum + moreOf(step), 0),
  }
}

function named(one: Unread): { readonly target: string; readonly detail: string } {
  return { target: readText(one, 'target') ?? '', detail: readText(one, 'detail') ?? '' }
}

function toAttempt(step: Unread): AttemptTold {
  const [status, startedMs] = [readNumber(step, 'status'), readNumber(step, 'startedMs')]
  const [durationMs, firstEventMs] = [readNumber(step, 'durationMs'), readNumber(step, 'firstEventMs')]
  return {
    id: readText(step, 'id') ?? '',
    outcome: readText(step, 'outcome') ?? '',
    ...(status === undefined ? {} : { status }),
    ...(startedMs === undefined ? {} : { startedMs }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(firstEventMs === undefined ? {} : { firstEventMs }),
  }
}

function moreOf(step: Unread): number {
  const { more } = step
  if (typeof more === 'number') return more
  if (typeof more !== 'object' || more === null) return 0
  return Object.values(more).reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0)
}
