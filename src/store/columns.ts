import { isArray, parseJson, parseJsonObject, type Json } from '../kit/json.ts'
import { underscored } from '../kit/underscored.ts'
import type { WrittenValue } from './written-values.ts'

/**
 * What a member of a row is, which says how it is written and read: text as it is, a name (clipped where it is absurd), a whole
 * number, a fraction, money, yes or no. One with a question mark may be absent.
 */
type Kind = 'text' | 'name' | 'integer' | 'real' | 'amount' | 'flag'

type KindOf<Value> = Value extends string
  ? 'text' | 'name'
  : Value extends number
    ? 'integer' | 'real'
    : Value extends bigint
      ? 'amount'
      : 'flag'

/**
 * One entry for each member of a row, in the order in which they are written: a member without one does not compile. A member
 * that has members of its own brings columns for them.
 */
export type FieldsOf<Row> = {
  readonly [Field in keyof Row]-?: Row[Field] extends object
    ? readonly Column[]
    : undefined extends Row[Field]
      ? `${KindOf<NonNullable<Row[Field]>>}?`
      : KindOf<Row[Field]>
}

/** A member of a row as it is kept: under a name, which a table and a file use alike. */
export interface Column {
  readonly field: string
  /** The member of the row that the field is a member of; absent: it is one of the row's own. */
  readonly within?: string
  readonly name: string
  /** `counts`: several members of one kind in one column, as JSON of those that are not 0. */
  readonly kind: Kind | 'counts'
  readonly optional: boolean
  /** What is written for nothing. */
  readonly nothing: WrittenValue
  /** Of `counts`: the members. */
  readonly fields?: readonly string[]
}

/** The columns of a table in the order of its fields. */
export function columnsOf<Row>(fields: FieldsOf<Row>): readonly Column[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets the names of members
  const entries = Object.entries(fields) as [string, Kind | `${Kind}?` | readonly Column[]][]
  return entries.flatMap(([field, spelled]) =>
    typeof spelled === 'string'
      ? [columnOf(field, spelled)]
      : spelled.map((column) => ({ ...column, within: field })),
  )
}

function columnOf(field: string, spelled: Kind | `${Kind}?`): Column {
  const optional = spelled.endsWith('?')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without its question mark it is a kind
  const kind = spelled.replace('?', '') as Kind
  const empty = kind === 'text' || kind === 'name' ? '' : 0
  return { field, name: underscored(field), kind, optional, nothing: optional ? null : empty }
}

/** Reads what `counts` wrote. Members that there are none of any more are left out. */
export function readCounts({ fields = [] }: Column, text: string): Record<string, number> {
  const written = parseJsonObject(text) ?? {}
  const counts: Record<string, number> = {}
  for (const field of fields) {
    const count = written[underscored(field)]
    if (typeof count === 'number') counts[field] = count
  }
  return counts
}

/** A row that was spelled under other columns than today's. */
export interface OldRow {
  /** The names of its values, in their order. */
  readonly names: readonly string[]
  readonly text: string
}

/**
 * Spells an older row under today's columns: what it does not say is nothing (null, 0, the empty text). Undefined when the text
 * is no row. Its names must be known: `unknownNames` is asked first.
 */
export function upgradeRowText(columns: readonly Column[], { names, text }: OldRow): string | undefined {
  const values = parseRow(text)
  if (values?.length !== names.length) return undefined
  const old = new Map(names.map((name, index) => [name, values[index]]))
  return JSON.stringify(columns.map(({ name, nothing }) => old.get(name) ?? nothing))
}

/** The names that today's columns lack: a row with one of them was written by a newer version, and would lose something. */
export function unknownNames(columns: readonly Column[], names: readonly string[]): string[] {
  const known = new Set(columns.map(({ name }) => name))
  return names.filter((name) => !known.has(name))
}

/** The values of a row's text, or undefined when it is none. */
export function parseRow(text: string): readonly Json[] | undefined {
  try {
    const values = parseJson(text)
    return isArray(values) ? values : undefined
  } catch {
    return undefined
  }
}
