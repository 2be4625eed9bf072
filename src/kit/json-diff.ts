import { isArray, isObject, type Json } from './json.ts'

/** Where two JSON values differ. */
export interface JsonChange {
  /** For example `messages[2].content`. */
  readonly path: string
  readonly change: 'changed' | 'added' | 'dropped'
  /** What stood there before, as JSON text of bounded length; absent where nothing did. */
  readonly from?: string
  readonly to?: string
}

/** How much of the differences is told. */
export interface DiffBounds {
  readonly changes: number
  /** Of the JSON text of a value. */
  readonly characters: number
}

export interface JsonDiff {
  readonly changes: readonly JsonChange[]
  /** How many there are beyond those. */
  readonly omitted: number
}

/**
 * Compares two JSON values member by member, and lists place by place. What is there on one side only is one difference, however much it
 * holds. As deep as the values are.
 */
export function diffJson(before: Json, after: Json, bounds: DiffBounds): JsonDiff {
  const found = new Differences(bounds)
  compare(found, '', { before, after })
  return { changes: found.changes, omitted: found.omitted }
}

class Differences {
  readonly changes: JsonChange[] = []
  omitted = 0
  readonly #bounds: DiffBounds

  constructor(bounds: DiffBounds) {
    this.#bounds = bounds
  }

  add(path: string, from: Json | undefined, to: Json | undefined): void {
    if (this.changes.length >= this.#bounds.changes) {
      this.omitted += 1
      return
    }
    if (from === undefined) this.changes.push({ path, change: 'added', to: this.#show(to) })
    else if (to === undefined) this.changes.push({ path, change: 'dropped', from: this.#show(from) })
    else this.changes.push({ path, change: 'changed', from: this.#show(from), to: this.#show(to) })
  }

  #show(value: Json | undefined): string {
    const text = JSON.stringify(value ?? null)
    const { characters } = this.#bounds
    return text.length <= characters ? text : `${text.slice(0, characters)}…`
  }
}

/** Two values at one place; undefined is none. */
interface Pair {
  readonly before: Json | undefined
  readonly after: Json | undefined
}

function compare(found: Differences, path: string, { before, after }: Pair): void {
  if (before === after) return
  if (before === undefined || after === undefined) found.add(path, before, after)
  else if (isArray(before) && isArray(after)) {
    for (let place = 0; place < Math.max(before.length, after.length); place += 1)
      compare(found, `${path}[${place}]`, { before: before[place], after: after[place] })
  } else if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(found, path === '' ? name : `${path}.${name}`, { before: before[name], after: after[name] })
  } else if (JSON.stringify(before) !== JSON.stringify(after)) found.add(path, before, after)
}
