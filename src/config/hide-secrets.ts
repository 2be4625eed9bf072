import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'
import { isKnownSecretPath } from './not-yet.ts'
import type { PathStep } from './problems.ts'
import { nodesAt, valueAt } from './schema-names.ts'
import { isReference } from './secrets.ts'

/** Stands in the place of a secret that is written in plain text. */
export const HIDDEN = '(hidden)'

/** Names and passwords in an address. */
const USER_INFO = /(?<=\/\/)[^/\s@]+(?=@)/g

/**
 * A document, or a part of it, without the secrets that stand in it in plain text. References to secrets stay: they say where one is, not
 * what it is.
 *
 * @param schema the JSON Schema of the whole document
 * @param base the path of the part
 */
export function hideSecrets(value: Json, schema: JsonObject, base: readonly PathStep[] = []): Json {
  if (typeof value === 'string') {
    if (isSecretAt(schema, base)) return isReference(value) || value === '' ? value : HIDDEN
    return value.replaceAll(USER_INFO, HIDDEN)
  }
  if (isArray(value)) return value.map((item, index) => hideSecrets(item, schema, [...base, index]))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, hideSecrets(item ?? null, schema, [...base, name])]),
  )
}

/** True when the schema keeps a secret at a path. */
export function isSecretAt(schema: JsonObject, path: readonly PathStep[]): boolean {
  return isKnownSecretPath(path) || nodesAt(schema, path).some((node) => node['secret'] === true)
}

/**
 * Puts back what was hidden: whoever changes one member of an object sends the others as they were shown.
 *
 * @param before what was shown; its secrets come back where they stood
 * @returns undefined where something hidden was not there before
 */
export function restoreHidden(value: Json, before: Json | undefined): Json | undefined {
  if (typeof value === 'string' && value.includes(HIDDEN))
    return typeof before === 'string' ? before : undefined
  if (isArray(value))
    return restoreAll(value.map((item, index) => restoreHidden(item, valueAt(before ?? null, [index]))))
  if (!isObject(value)) return value
  const entries = Object.entries(value).map(
    ([name, item]) => [name, restoreHidden(item ?? null, valueAt(before ?? null, [name]))] as const,
  )
  const items = restoreAll(entries.map(([, item]) => item))
  return items === undefined
    ? undefined
    : Object.fromEntries(entries.map(([name], index) => [name, items[index]]))
}

function restoreAll(items: readonly (Json | undefined)[]): readonly Json[] | undefined {
  const known = items.filter((item) => item !== undefined)
  return known.length === items.length ? known : undefined
}
