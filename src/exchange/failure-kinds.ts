import { FAILURES, failureRow, isFailureCode, type FailureCode, type FailureKind } from './failure-table.ts'

/** The failures of a provider: those that a route may have a say in. The client's own mistakes are not among them. */
export const PROVIDER_FAILURES: readonly FailureCode[] = Object.keys(FAILURES)
  .filter(isFailureCode)
  .filter((code) => failureRow(code).source === 'provider')

/** All kinds, as the table names them. */
export const FAILURE_KINDS: readonly FailureKind[] = [
  ...new Set(PROVIDER_FAILURES.flatMap((code) => failureRow(code).kind ?? [])),
]

/** The codes that a word of a file means: those of a kind, or the code itself; none when it is neither. */
export function failuresNamed(word: string): readonly FailureCode[] {
  return PROVIDER_FAILURES.filter((code) => code === word || failureRow(code).kind === word)
}
