import { isObject, type Json } from '../kit/json.ts'
import type { PathStep } from './problems.ts'

/** What compiled values are made of: JSON, amounts of money, and numbers that JSON has not. */
export type Value =
  | Json
  | bigint
  | readonly Value[]
  | { readonly [name: string]: Value | undefined }
  | undefined

export interface Leaf {
  readonly path: readonly PathStep[]
  readonly value: Value
}

/** The parts of a value that are compared as they are. Items with a name are known by it, others by their place. */
export function leavesOf(value: Value): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>()
  const visit = (part: Value, path: readonly PathStep[], key: string): void => {
    if (part === undefined) return
    if (isList(part) && part.some(isMap)) {
      part.forEach((item, index) => visit(item, [...path, index], `${key}\n${nameOf(item) ?? index}`))
    } else if (isMap(part) && !isSpend(part) && Object.keys(part).length > 0) {
      for (const [name, item] of Object.entries(part)) visit(item, [...path, name], `${key}\n${name}`)
    } else leaves.set(key, { path, value: part })
  }
  visit(value, [], '')
  return leaves
}

function nameOf(item: Value): string | undefined {
  const name = isMap(item) ? item['name'] : undefined
  return typeof name === 'string' ? `=${name}` : undefined
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

function isMap(value: Value): value is { readonly [name: string]: Value | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** So much in a window is one thing to whoever reads it. */
export function isSpend(value: Value): value is { readonly usd: bigint; readonly per: string } {
  return isMap(value) && typeof value['usd'] === 'bigint' && typeof value['per'] === 'string'
}

export function isAmount(value: Value): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || isSpend(value)
}

export function isSame(left: Value, right: Value): boolean {
  return left === right || (left !== undefined && right !== undefined && spell(left) === spell(right))
}

export function spell(value: Value): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))
}

export function at(value: Value, path: readonly PathStep[]): Value {
  let part = value
  for (const step of path) {
    if (isMap(part)) part = part[String(step)]
    else if (isList(part)) part = part[Number(step)]
    else return undefined
  }
  return part
}

/** What a schema gives as plain values. */
export function toMap(value: unknown): { readonly [name: string]: Value | undefined } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a checked configuration holds JSON and amounts
  return (isObject(value as Json) ? value : {}) as { readonly [name: string]: Value | undefined }
}
