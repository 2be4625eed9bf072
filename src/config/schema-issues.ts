import type { z } from 'zod'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { elsewhere, isSecretPath } from './not-yet.ts'
import { HIDDEN_VALUE, formatValue, type PathStep, type ProblemDraft } from './problems.ts'
import { failureNames } from './schema/fallback.ts'
import { validKeys, valueAt } from './schema-names.ts'

type Issue = z.core.$ZodIssue

/** What was checked, and what is known about it. */
export interface Checked {
  readonly value: Json
  /** JSON Schema of what was expected, for the names that would have been valid. */
  readonly schema: JsonObject
  /** True for keys that only a later version understands. */
  readonly isKeyNotYet: (path: readonly PathStep[]) => boolean
  readonly isValueNotYet: (path: readonly PathStep[], value: Json) => boolean
}

/** Says what schema issues mean, in the words of whoever wrote the value. One mistake that fails two rules is said once. */
export function describeIssues(issues: readonly Issue[], checked: Checked): ProblemDraft[] {
  const drafts = issues.flatMap((issue) => toDrafts(issue, [], checked))
  const seen = new Set<string>()
  return withoutConsequences(drafts).filter(({ path, message }) => {
    const key = JSON.stringify([path, message])
    return !seen.has(key) && seen.add(key)
  })
}

/** A key that is misspelt is also missing, and the map around it not as it should be: that follows, and is not said. */
function withoutConsequences(drafts: readonly ProblemDraft[]): readonly ProblemDraft[] {
  const unknown = drafts.filter(({ message }) => message === UNKNOWN_KEY)
  if (unknown.length === 0) return drafts
  const around = new Set(unknown.map(({ path }) => JSON.stringify(path.slice(0, -1))))
  const meant = new Set(
    unknown.map(({ path, hint }) => JSON.stringify([...path.slice(0, -1), nearestIn(hint)])),
  )
  return drafts.filter(({ path, message, value }) => {
    const at = JSON.stringify(path)
    if (message.startsWith(MISSING)) return !meant.has(at)
    return message === UNKNOWN_KEY || value !== A_MAP || !around.has(at)
  })
}

const UNKNOWN_KEY = 'unknown key'
const MISSING = 'missing; '
const A_MAP = 'a map'

function nearestIn(hint: string | undefined): string | undefined {
  return /^Did you mean "(.*)"\?$/.exec(hint ?? '')?.[1]
}

/** How a name is refused that only a later version understands. */
function notYetMessage(name: string): string {
  return `\`${name}\` is not supported yet`
}

function toDrafts(issue: Issue, base: readonly PathStep[], checked: Checked): ProblemDraft[] {
  const path = [...base, ...issue.path.map(toStep)]
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], checked))
  if (issue.code === 'invalid_union') return unionDrafts(issue, path, checked)
  if (issue.code === 'invalid_key') {
    return [{ path, message: `expected ${issue.issues[0]?.message ?? 'another name'} as the name` }]
  }
  return [wrongValue(issue, path, checked)]
}

function toStep(step: PropertyKey): PathStep {
  return typeof step === 'number' ? step : String(step)
}

function unknownKey(path: readonly PathStep[], checked: Checked): ProblemDraft {
  const key = String(path.at(-1))
  if (checked.isKeyNotYet(path)) {
    return {
      path,
      message: notYetMessage(key),
      hint: 'Remove it for now: what cannot be obeyed is not accepted.',
    }
  }
  const place = elsewhere(path)
  if (place !== undefined) return { path, message: UNKNOWN_KEY, hint: place }
  const known = validKeys(checked.schema, path.slice(0, -1))
  const [nearest] = nearestNames(key, known, 1)
  return {
    path,
    message: UNKNOWN_KEY,
    hint: nearest === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
  }
}

/**
 * A union fails with one list of issues per branch. The branch that was meant is the one whose type fits the value; of maps and lists,
 * which say more than one thing, the one with the fewest issues. When none does, the expectations of all are listed, or the union's own
 * words, which are those for a text or a number in any case: what is wrong with one is that it is not as it should be.
 */
function unionDrafts(issue: UnionIssue, path: readonly PathStep[], checked: Checked): ProblemDraft[] {
  const value = valueAt(checked.value, path)
  const isWrongType = wrongTypeFor(value)
  const [meant] = issue.errors
    .filter((branch) => !branch.some(isWrongType))
    .toSorted((left, right) => left.length - right.length)
  if (meant !== undefined && (isDefaultMessage(issue) || isObject(value) || isArray(value))) {
    return meant.flatMap((inner) => toDrafts(inner, path, checked))
  }
  if (!isDefaultMessage(issue)) return [wrongValue(issue, path, checked)]
  const expected = new Set(issue.errors.flatMap((branch) => branch.filter(isWrongType).map(expectation)))
  expected.delete('null')
  return [{ path, message: `expected ${[...expected].join(' or ')}`, ...found(path, checked.value) }]
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>

/** Tells issues that say that this value is of another type altogether: names to choose from are texts, too. */
function wrongTypeFor(value: Json | undefined): (issue: Issue) => boolean {
  const codes = new Set<string | undefined>([
    'invalid_type',
    ...(typeof value === 'string' ? [] : ['invalid_value']),
  ])
  const isWrong = (issue: Issue): boolean => {
    if (issue.path.length > 0) return false
    if (issue.code !== 'invalid_union') return codes.has(issue.code)
    return issue.errors.length > 0 && issue.errors.every((branch) => branch.some(isWrong))
  }
  return isWrong
}

/** The schema library's own messages begin so; ours begin with what is expected. */
function isDefaultMessage(issue: Issue): boolean {
  return /^(Invalid|Too|Unrecognized)/.test(issue.message)
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a map',
  record: 'a map',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
}

function expectation(issue: Issue): string {
  if (!isDefaultMessage(issue)) return issue.message
  if (issue.code === 'invalid_type') return TYPE_WORDS[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') return issue.values.map(String).join(' or ')
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
}

function wrongValue(issue: Issue, path: readonly PathStep[], checked: Checked): ProblemDraft {
  const actual = valueAt(checked.value, path)
  const expected = expectation(issue)
  if (actual === undefined) return { path, message: `${MISSING}expected ${expected}` }
  if (typeof actual === 'string' && checked.isValueNotYet(path, actual)) {
    return { path, message: notYetMessage(actual), hint: `Supported now: ${expected}.` }
  }
  return {
    path,
    message: `expected ${expected}`,
    ...found(path, checked.value),
    ...hintFor(issue, actual, path),
  }
}

const MOST_SHOWN = 100

function hintFor(issue: Issue, actual: Json, path: readonly PathStep[]): { hint?: string } {
  if (typeof actual !== 'string') return {}
  if (issue.message === 'true or false' && /^(yes|on|y|no|off|n|true|false)$/i.test(actual)) {
    const meant = /^(yes|on|y|true)$/i.test(actual)
    return { hint: `"${actual}" is text in YAML 1.2; write ${meant}.` }
  }
  if (issue.code === 'invalid_type' && issue.expected === 'array' && !isSecretPath(path))
    return { hint: `Write [${actual.slice(0, MOST_SHOWN)}].` }
  if (path.at(-2) === 'errors' || path.at(-2) === 'never') return didYouMean(actual, failureNames())
  return didYouMean(actual, wordsOf(issue))
}

/** The words of which a value must be one, as far as it may be one of any. */
function wordsOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  if (issue.code !== 'invalid_union') return []
  return issue.errors
    .flat()
    .filter(({ path }) => path.length === 0)
    .flatMap(wordsOf)
}

/** A hint with the nearest of `names`, or none. */
function didYouMean(wanted: string, names: readonly string[]): { hint?: string } {
  const [nearest] = nearestNames(wanted, names, 1)
  return nearest === undefined ? {} : { hint: `Did you mean "${nearest}"?` }
}

function found(path: readonly PathStep[], value: Json): { value?: string } {
  const actual = valueAt(value, path)
  if (isObject(actual)) return { value: A_MAP }
  if (isArray(actual)) return { value: actual.length === 0 ? 'an empty list' : 'a list' }
  if (typeof actual === 'string' && isSecretPath(path)) return { value: HIDDEN_VALUE }
  return { value: formatValue(actual) }
}
