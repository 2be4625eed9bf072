import { isArray, isObject, type Json } from '../kit/json.ts'
import type { Setting, Step } from './client-row.ts'

/** A path as a format knows it: members by name, members of lists by index. */
export type PlainPath = readonly (string | number)[]

/** Looks up the members of lists that a path names. One that is not there would be the next of its list. */
export function plainPath(value: Json | undefined, path: readonly Step[]): PlainPath {
  const plain: (string | number)[] = []
  let here = value
  for (const step of path) {
    const key = typeof step === 'string' ? step : indexOf(here, step.name)
    plain.push(key)
    here = member(here, key)
  }
  return plain
}

function indexOf(list: Json | undefined, name: string): number {
  if (!isArray(list)) return 0
  const found = list.findIndex((one) => isObject(one) && one['name'] === name)
  return found < 0 ? list.length : found
}

function member(value: Json | undefined, key: string | number): Json | undefined {
  if (typeof key === 'number') return isArray(value) ? value[key] : undefined
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(value: Json | undefined, path: PlainPath): Json | undefined {
  let here = value
  for (const key of path) here = member(here, key)
  return here
}

/** How many steps of a path are there, at most the steps before its last. */
export function standingSteps(value: Json | undefined, path: PlainPath): number {
  let here = value
  for (const [index, key] of path.slice(0, -1).entries()) {
    here = member(here, key)
    if (here === undefined) return index
  }
  return path.length - 1
}

/** True where a value stands in the way of the path: something that has no members of the kind that the path asks for. */
export function isBarred(value: Json | undefined, path: PlainPath): boolean {
  let here = value
  for (const key of path) {
    if (here === undefined || here === null) return false
    if (typeof key === 'number' ? !isArray(here) : !isObject(here)) return true
    here = member(here, key)
  }
  return false
}

/** A copy of the value with another one at a path. */
export function withValue(value: Json | undefined, path: PlainPath, inner: Json): Json {
  const [key, ...rest] = path
  if (key === undefined) return inner
  const deeper = withValue(member(value, key), rest, inner)
  if (typeof key === 'string') return { ...(isObject(value) ? value : {}), [key]: deeper }
  const list = isArray(value) ? [...value] : []
  list[key] = deeper
  return list
}

/** Settings as one value, as if there were nothing beside them. */
export function wholeOf(settings: readonly Setting[]): Json {
  return settings.reduce<Json>(
    (whole, { path, value }) => withValue(whole, plainPath(whole, path), value),
    {},
  )
}
