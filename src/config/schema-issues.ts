import type { z } from 'zod'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { isSecretPath } from './not-yet.ts'
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
  return drafts.filter(({ path, message }) => {
    const key = JSON.stringify([path, message])
    return !seen.has(key) && seen.add(key)
  })
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
  const known = validKeys(checked.schema, path.slice(0, -1))
  const [nearest] = nearestNames(key, known, 1)
  return {
    path,
    message: 'unknown key',
    hint: nearest === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean "${nearest}"?`,
  }
}

/**
 * A union fails with one list of issues per branch. The branch that was meant is the one whose type fits the value;
 * when none does, the expectations of all are listed.
 */
function unionDrafts(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PathStep[],
  checked: Checked,
): ProblemDraft[] {
  const isWrongType = wrongTypeFor(valueAt(checked.value, path))
  const meant = issue.errors.find((branch) => !branch.some(isWrongType))
  if (meant !== undefined && isDefaultMessage(issue)) {
    return meant.flatMap((inner) => toDrafts(inner, path, checked))
  }
  if (!isDefaultMessage(issue)) return [wrongValue(issue, path, checked)]
  const expected = new Set(issue.errors.flatMap((branch) => branch.filter(isWrongType).map(expectation)))
  expected.delete('null')
  return [{ path, message: `expected ${[...expected].join(' or ')}`, ...found(path, checked.value) }]
}

/** Tells issues that say that this value is of another type altogether: names to choose from are texts, too. */
function wrongTypeFor(value: Json | undefined): (issue: Issue) => boolean {
  const codes = new Set<string | undefined>([
    'invalid_type',
    ...(typeof value === 'string' ? [] : ['invalid_value']),
  ])
  return ({ path, code }) => path.length === 0 && codes.has(code)
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
  if (actual === undefined) return { path, message: `missing; expected ${expected}` }
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

function hintFor(issue: Issue, actual: Json, path: readonly PathStep[]): { hint?: string } {
  if (typeof actual !== 'string') return {}
  if (issue.message === 'true or false' && /^(yes|on|y|no|off|n|true|false)$/i.test(actual)) {
    const meant = /^(yes|on|y|true)$/i.test(actual)
    return { hint: `"${actual}" is text in YAML 1.2; write ${meant}.` }
  }
  if (path.at(-2) === 'errors' || path.at(-2) === 'never') return didYouMean(actual, failureNames())
  return issue.code === 'invalid_value' ? didYouMean(actual, issue.values.map(String)) : {}
}

/** A hint with the nearest of `names`, or none. */
function didYouMean(wanted: string, names: readonly string[]): { hint?: string } {
  const [nearest] = nearestNames(wanted, names, 1)
  return nearest === undefined ? {} : { hint: `Did you mean "${nearest}"?` }
}

function found(path: readonly PathStep[], value: Json): { value?: string } {
  const actual = valueAt(value, path)
  if (isObject(actual)) return { value: 'a map' }
  if (isArray(actual)) return { value: actual.length === 0 ? 'an empty list' : 'a list' }
  if (typeof actual === 'string' && isSecretPath(path)) return { value: HIDDEN_VALUE }
  return { value: formatValue(actual) }
}
