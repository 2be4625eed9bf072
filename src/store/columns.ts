import { isArray, parseJson, type Json } from '../kit/json.ts'
import { toAmount, toInteger, toName, toReal, type WrittenValue } from './written-values.ts'

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

/** One entry for each member of a row, in the order in which they are written: a member without one does not compile. */
export type FieldsOf<Row> = {
  readonly [Field in keyof Row]-?: undefined extends Row[Field]
    ? `${KindOf<NonNullable<Row[Field]>>}?`
    : KindOf<Row[Field]>
}

/** A member of a row as it is kept: under a name, which a table and a file use alike. */
export interface Column<Row> {
  readonly field: keyof Row & string
  /** The member's name with underscores: `atMs` is `at_ms`. */
  readonly name: string
  readonly kind: Kind
  readonly optional: boolean
}

/** The columns of a table in the order of its fields. */
export function columnsOf<Row>(fields: FieldsOf<Row>): readonly Column<Row>[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.entries forgets the names of members
  const entries = Object.entries(fields) as [keyof Row & string, Kind | `${Kind}?`][]
  return entries.map(([field, spelled]) => ({
    field,
    name: field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without its question mark it is a kind
    kind: spelled.replace('?', '') as Kind,
    optional: spelled.endsWith('?'),
  }))
}

/** Spells a row as the JSON array of its values. What is absent is null, amounts beyond 2^53 are decimal text, flags are 0 and 1. */
export function toRowText<Row>(columns: readonly Column<Row>[], row: Row): string {
  // Mapped, because a list that is pushed to is moved four times until it is so long.
  return JSON.stringify(columns.map(({ field, kind }) => toWritten(kind, row[field])))
}

function toWritten(kind: Kind, value: unknown): WrittenValue {
  if (typeof value === 'string') return kind === 'name' ? toName(value) : value
  if (typeof value === 'number') return kind === 'real' ? toReal(value) : toInteger(value)
  if (typeof value === 'bigint') return toAmount(value)
  return typeof value === 'boolean' ? Number(value) : null
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
export function upgradeRowText<Row>(
  columns: readonly Column<Row>[],
  { names, text }: OldRow,
): string | undefined {
  const values = parseRow(text)
  if (values?.length !== names.length) return undefined
  const old = new Map(names.map((name, index) => [name, values[index]]))
  return JSON.stringify(columns.map((column) => old.get(column.name) ?? emptyValue(column)))
}

/** What a row says that was written before the column was there. */
function emptyValue<Row>({ kind, optional }: Column<Row>): WrittenValue {
  if (optional) return null
  return kind === 'text' || kind === 'name' ? '' : 0
}

/** The names that today's columns lack: a row with one of them was written by a newer version, and would lose something. */
export function unknownNames<Row>(columns: readonly Column<Row>[], names: readonly string[]): string[] {
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
