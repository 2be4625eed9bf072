import type { Column } from '../columns.ts'
import { bigintAt, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

/**
 * The statement that writes one row; one whose key is there stays as it is.
 *
 * @param key the columns that tell rows apart: `on conflict` of them and not `or ignore`, which would hide other faults
 */
export function insertInto<Row>(table: string, columns: readonly Column<Row>[], key: string): string {
  const names = columns.map(({ name }) => name).join(', ')
  const places = columns.map(() => '?').join(', ')
  return `insert into ${table} (${names}) values (${places}) on conflict (${key}) do nothing`
}

/** Reads a row of a table that `insertInto` writes. */
export function toStoredRow<Row>(columns: readonly Column<Row>[], row: SqlRow): Row {
  const read: Record<string, unknown> = {}
  for (const column of columns) {
    if (column.optional && !isSet(row, column.name)) continue
    read[column.field] = valueAt(row, column)
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each member was read as its column says
  return read as Row
}

function valueAt<Row>(row: SqlRow, { name, kind }: Column<Row>): string | number | bigint | boolean {
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
