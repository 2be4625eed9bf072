import { isArray, parseJsonValue, type Json } from '../../kit/json.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { Condition, StoredField } from '../request-query.ts'
import { REQUEST_COLUMNS } from '../request-text.ts'

/**
 * What lines are found by without an index. Of so many lines that were written one after the other, the values of some fields are kept as
 * numbers of 32 bits, sorted: whoever asks for a value looks only at lines among which it may be. It costs a tenth of what an index over one field does, and
 * is written in the order of lines, wherever the values would stand in an index.
 */

/** Fields that are columns of the table. */
const COLUMNS: Readonly<Partial<Record<StoredField, string>>> = {
  ...OWNER_NAMES,
  outcome: 'outcome',
  route: 'route',
  model: 'requested_model',
  target: 'target',
  key_name: 'key_name',
  dialect: 'dialect',
  operation: 'operation',
  purpose: 'purpose',
  parent: 'parent_id',
  plan: 'plan_version',
}

/** Fields that the record of the decision says, by the name of its member there. */
const RECORDED: Readonly<Partial<Record<StoredField, string>>> = {
  session: 'request.session',
  client: 'client.name',
  tag: 'request.tags',
}

/** What is read of lines to mark them. */
export const MARKED_COLUMNS: readonly string[] = ['at_ms', ...Object.values(COLUMNS), 'decision']

const PLACES = MARKED_COLUMNS.map((name) => REQUEST_COLUMNS.findIndex((column) => column.name === name))

/** The values of `MARKED_COLUMNS` in a line on its way to the table. */
export function markedValues(row: readonly Json[]): readonly Json[] {
  return PLACES.map((place) => row[place] ?? null)
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
const COLUMN_FIELDS = Object.keys(COLUMNS) as readonly StoredField[]
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets the names of members
const RECORDED_FIELDS = Object.entries(RECORDED) as readonly (readonly [StoredField, string])[]

/** The marks of some lines. Lines that stand together say mostly the same, so each value is marked once, when all have come. */
export class Marks {
  readonly #columns = COLUMN_FIELDS.map((field) => ({ field, values: new Set<string>() }))
  /** As they are written in the records. */
  readonly #recorded = RECORDED_FIELDS.map(([field, member]) => ({ field, member, texts: new Set<string>() }))

  /** Adds those of a line, given by `MARKED_COLUMNS`. */
  add(values: readonly Json[]): void {
    let place = 1
    for (const column of this.#columns) {
      const value = values[place]
      place += 1
      if (typeof value === 'string' && value !== '') column.values.add(value)
    }
    const decision = values[place]
    if (typeof decision !== 'string') return
    for (const { member, texts } of this.#recorded) addWritten(texts, decision, member)
  }

  /** As they are kept. */
  pack(): Uint8Array {
    const marks = new Set<number>()
    for (const { field, values } of this.#columns)
      for (const value of values) {
        marks.add(markOf(field, value))
        if (field === 'target') marks.add(markOf('provider', value.slice(0, Math.max(0, value.indexOf('/')))))
      }
    for (const { field, texts } of this.#recorded)
      for (const text of [...texts].flatMap(textsIn)) marks.add(markOf(field, text))
    return new Uint8Array(Uint32Array.from(marks).sort().buffer)
  }
}

/** A text of JSON, or a list of them. */
const TEXTS = /"(?:[^"\\]|\\.)*"|\[(?:"(?:[^"\\]|\\.)*",?)*\]/y

/**
 * Adds what a record says in a member, wherever that stands in it. A quote within a text has a backslash before it, so that what is found
 * is a member; to parse the whole takes ten times as long.
 */
function addWritten(texts: Set<string>, record: string, member: string): void {
  const sought = `"${member}":`
  for (let at = record.indexOf(sought); at >= 0; at = record.indexOf(sought, at + 1)) {
    TEXTS.lastIndex = at + sought.length
    const [written] = TEXTS.exec(record) ?? []
    if (written !== undefined) texts.add(written)
  }
}

/** A text that is written as JSON, or those of a list. */
function textsIn(written: string): readonly string[] {
  const value = parseJsonValue(written)?.value
  return (isArray(value) ? value : [value]).filter((text) => typeof text === 'string')
}

function markOf(field: StoredField, value: string): number {
  return Bun.hash.xxHash32(`${field} ${value}`)
}

/**
 * The marks that lines have which fulfil some conditions: one of each list. Undefined where no condition says which, since none names values
 * of a field that is marked.
 */
export function marksOf(conditions: readonly Condition[]): readonly (readonly number[])[] | undefined {
  const lists = conditions.flatMap((condition) => {
    const marks = marksOfOne(condition)
    return marks === undefined ? [] : [marks]
  })
  return lists.length === 0 ? undefined : lists
}

function marksOfOne({ field, part, not, tests }: Condition): readonly number[] | undefined {
  const isMarked = field in COLUMNS || field in RECORDED || field === 'provider'
  if (not === true || !isMarked) return undefined
  const marks: number[] = []
  for (const test of tests) {
    if (!('is' in test) || test.is === '') return undefined
    const texts = part === undefined ? [test.is] : [':', '='].map((sign) => part + sign + test.is)
    for (const text of texts) marks.push(markOf(field, text))
  }
  return marks
}

/** Is one of each list among the marks? */
export function mayHold(packed: Uint8Array, lists: readonly (readonly number[])[]): boolean {
  const marks = new Uint32Array(
    packed.buffer,
    packed.byteOffset,
    packed.byteLength / Uint32Array.BYTES_PER_ELEMENT,
  )
  return lists.every((list) => list.some((mark) => isAmong(marks, mark)))
}

function isAmong(marks: Uint32Array, mark: number): boolean {
  let [low, high] = [0, marks.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((marks[middle] ?? 0) < mark) low = middle + 1
    else high = middle
  }
  return marks[low] === mark
}
