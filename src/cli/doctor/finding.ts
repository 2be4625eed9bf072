import { LIMITS } from '../../kit/limits.ts'

/** How a check ended. */
export type FindingState = 'ok' | 'note' | 'warning' | 'error' | 'skipped'

/** One thing that was found out. */
export interface Finding {
  readonly state: FindingState
  /** What it is like, and why that matters. */
  readonly text: string
  /** What to do about it. */
  readonly advice?: string
}

/** Something that is looked at. It never rejects, and it ends. */
export interface Check {
  /** What is looked at, in a word or two. */
  readonly name: string
  run(): Promise<readonly Finding[]>
}

/** All is well. */
export function well(text: string): readonly Finding[] {
  return [{ state: 'ok', text }]
}

/** A few of many names. */
export function someOf(names: readonly string[]): string {
  const more = names.length - LIMITS.doctorNames
  return names.slice(0, LIMITS.doctorNames).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
