import { isArray, isObject, type Json } from '../kit/json.ts'
import { isSecretPath, isToldPath } from './not-yet.ts'
import type { PathStep, ProblemDraft } from './problems.ts'

/** Variables of the process environment. */
export type Environment = Readonly<Record<string, string | undefined>>

const REFERENCE = /\$(\$)?\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g
const PLAIN_SCALAR = /^(?:-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?|true|false)$/

/**
 * Fills `${NAME}` and `${NAME:-default}` into the texts of a parsed file; `$${` stands for a plain `${`.
 * A text that is nothing but one reference takes the type of what it is filled with, so that `port: ${PORT:-4100}` works.
 */
export function interpolate(
  value: Json,
  environment: Environment,
): { readonly value: Json; readonly drafts: readonly ProblemDraft[] } {
  const drafts: ProblemDraft[] = []
  const visit = (part: Json, path: readonly PathStep[]): Json => {
    if (typeof part === 'string') return part.includes('${') ? fill(part, path) : part
    if (isArray(part)) return part.map((item, index) => visit(item, [...path, index]))
    if (!isObject(part)) return part
    return Object.fromEntries(
      Object.entries(part).map(([name, item]) => [name, visit(item ?? null, [...path, name])]),
    )
  }
  const fill = (text: string, path: readonly PathStep[]): Json => {
    if (isToldPath(path) && hasReference(text)) {
      const hint = 'Write the words themselves.'
      drafts.push({ path, message: 'what clients are told is not filled in with ${…}', hint })
      return text
    }
    if (isSecretPath(path) && (!text.includes('$${') || hasReference(text))) {
      const name = /\$\{(\w+)/.exec(text)?.[1] ?? 'NAME'
      drafts.push({
        path,
        message: 'a secret is not filled in with ${…}',
        hint: `Write env:${name}: references stay out of logs and diffs.`,
      })
      return text
    }
    const filled = text.replaceAll(REFERENCE, (whole, ...groups: (string | undefined)[]) => {
      const [escaped, name = '', fallback] = groups
      if (escaped !== undefined) return whole.slice(1)
      const found = environment[name]
      const replacement = found === undefined || found === '' ? fallback : found
      if (replacement === undefined) drafts.push(unset(path, name))
      return replacement ?? ''
    })
    return isOneReference(text) && PLAIN_SCALAR.test(filled) ? toScalar(filled) : filled
  }
  return { value: visit(value, []), drafts }
}

function hasReference(text: string): boolean {
  return [...text.matchAll(REFERENCE)].some(([, escaped]) => escaped === undefined)
}

function isOneReference(text: string): boolean {
  return /^\$\{[^}]*\}$/.test(text)
}

function toScalar(text: string): Json {
  if (text === 'true' || text === 'false') return text === 'true'
  return Number(text)
}

function unset(path: readonly PathStep[], name: string): ProblemDraft {
  return {
    path,
    message: `the environment variable ${name} is not set`,
    hint: `Set it, or give a default: \${${name}:-…}.`,
  }
}
