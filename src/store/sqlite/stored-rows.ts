import { readCounts, type Column } from '../columns.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/**
 * The statement that writes one row; one whose key is there stays as it is.
 *
 * @param key the columns that tell rows apart: `on conflict` of them and not `or ignore`, which would hide other faults
 */
export function insertInto(table: string, columns: readonly Column[], key: string): string {
  const names = columns.map(({ name }) => name).join(', ')
  const places = columns.map(() => '?').join(', ')
  return `insert into ${table} (${names}) values (${places}) on conflict (${key}) do nothing`
}

/** Reads a row of a table that `insertInto` writes. */
export function toStoredRow(columns: readonly Column[], row: SqlRow): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = {}
  for (const column of columns) {
    const holder = column.within === undefined ? read : membersOf(read, column.within)
    if (column.optional && isNothing(row, column)) continue
    if (column.kind === 'counts') Object.assign(holder, readCounts(column, textAt(row, column.name)))
    else holder[column.field] = valueAt(row, column.name, column.kind)
  }
  return read
}

function membersOf(row: Record<string, unknown>, within: string): Record<string, unknown> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is put there
  return (row[within] ??= {}) as Record<string, unknown>
}

function isNothing(row: SqlRow, { name, nothing }: Column): boolean {
  return !isSet(row, name) || row[name] === nothing
}

function valueAt(
  row: SqlRow,
  name: string,
  kind: Exclude<Column['kind'], 'counts'>,
): string | number | bigint | boolean {
  switch (kind) {
    case 'text':
    case 'name':
      return textAt(row, name)
    case 'integer':
    case 'real':
      return numberAt(row, name)
    case 'amount':
      return bigintAt(row, name)
    case 'flag':
      return numberAt(row, name) === 1
  }
}
