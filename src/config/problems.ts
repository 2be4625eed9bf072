/** One thing wrong with a configuration: where, what was found, what was expected, and what to do. */
export interface ConfigProblem {
  readonly severity: 'error' | 'warning'
  /** The document that it is in; absent: the file. */
  readonly layer?: 'managed'
  /** Dotted, as written in the file: `routes.smart.fallback`; the empty string for the file as a whole. */
  readonly path: string
  /** What is wrong, without the path: `unknown key`. */
  readonly message: string
  /** What was found, shortened and as text; never a secret. */
  readonly value?: string
  /** What to do about it. */
  readonly hint?: string
  /** 1-based; absent when the problem is about something that is not in the file. */
  readonly line?: number
  readonly column?: number
}

/** A step into a document: a key of a map or an index of a list. */
export type PathStep = string | number

const PLAIN_STEP = /^[\w*/:@-]+$/

/** Writes a path as people say it: `providers.openai.keys[0].value`; names that hold dots or blanks are quoted. */
export function formatPath(path: readonly PathStep[]): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else {
      const name = PLAIN_STEP.test(step) ? step : `"${step}"`
      text += text === '' ? name : `.${name}`
    }
  }
  return text
}

/** How the document below the file is called where its lines are named. */
const MANAGED = 'managed'

const LONGEST_VALUE = 60

/** Shows a found value in a message: JSON, shortened; text that has no JSON form is shown as it prints. */
export function formatValue(value: unknown): string {
  const hasNoJson = value === undefined || (typeof value === 'number' && !Number.isFinite(value))
  const text = hasNoJson ? String(value ?? 'nothing') : JSON.stringify(value)
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text
}

/** Where a problem is, as editors and terminals understand it: `gatehouse.yaml:6:5`. */
function locationOf(problem: ConfigProblem, file: string): string {
  return problem.line === undefined ? file : `${file}:${problem.line}:${problem.column ?? 1}`
}

/**
 * Renders a problem as one to four lines: place and message, the line of the file with a caret, and the hint.
 *
 * @param source the file's name and text; without text the caret is left out
 */
export function renderProblem(
  problem: ConfigProblem,
  source: { readonly file: string; readonly text?: string },
): string {
  const where = problem.path === '' ? '' : `${problem.path}: `
  const isHidden = problem.value === HIDDEN_VALUE
  const found = problem.value === undefined || isHidden ? '' : `, found ${problem.value}`
  const file = problem.layer === 'managed' ? MANAGED : source.file
  const lines = [`${locationOf(problem, file)}: ${problem.severity}: ${where}${problem.message}${found}`]
  const isOfFile = problem.line !== undefined && problem.layer === undefined
  const line = !isOfFile ? undefined : source.text?.split('\n')[problem.line - 1]
  // A line on which a secret may stand is not quoted.
  if (line !== undefined && !isHidden) {
    const gutter = String(problem.line).padStart(5)
    lines.push(
      `${gutter} | ${maskTokens(line.trimEnd())}`,
      `      | ${' '.repeat((problem.column ?? 1) - 1)}^`,
    )
  }
  if (problem.hint !== undefined) lines.push(`        ${problem.hint}`)
  return lines.join('\n')
}

/** Long tokens with digits in them may be keys that somebody pasted; references and names with dots are not masked. */
function maskTokens(line: string): string {
  return line.replaceAll(/(?<![\w.:/-])(?=[\w-]*\d)[\w-]{20,}/g, (token) =>
    token.slice(0, 3).padEnd(token.length, '*'),
  )
}

/** Shown in place of a value that may be a secret. */
export const HIDDEN_VALUE = 'a hidden value'

/** True when nothing stands in the way of using the configuration. */
export function isUsable(problems: readonly ConfigProblem[]): boolean {
  return problems.every((problem) => problem.severity === 'warning')
}

/** Sorts by place in the file, problems without a place last; stable, so reports never jump. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const line = (problem: ConfigProblem): number => problem.line ?? Number.MAX_SAFE_INTEGER
  return problems.toSorted(
    (left, right) => line(left) - line(right) || (left.column ?? 0) - (right.column ?? 0),
  )
}

/** Gives the place of a path in the file. */
export type Locate = (
  path: readonly PathStep[],
) => Pick<ConfigProblem, 'line' | 'column' | 'layer'> | undefined

/** A problem whose place is not looked up yet. */
export interface ProblemDraft {
  readonly path: readonly PathStep[]
  readonly message: string
  readonly value?: string
  readonly hint?: string
  readonly severity?: 'error' | 'warning'
}

/** Completes a draft with its place in the file. */
export function toConfigProblem({ path, severity, ...rest }: ProblemDraft, locate: Locate): ConfigProblem {
  return { severity: severity ?? 'error', path: formatPath(path), ...rest, ...locate(path) }
}
