import type { Database } from 'bun:sqlite'

/** What SQLite takes and gives, with integers as `bigint`. */
export type SqlValue = string | number | bigint | null

/** A row as read, by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/** The text of a column; a null reads as the empty string. */
export function textAt(row: SqlRow, column: string): string {
  const value = row[column]
  return value === null || value === undefined ? '' : String(value)
}

/** The number of a column; a null reads as 0. */
export function numberAt(row: SqlRow, column: string): number {
  return Number(row[column] ?? 0)
}

/** The integer of a column; a null reads as 0. */
export function bigintAt(row: SqlRow, column: string): bigint {
  const value = row[column]
  if (typeof value === 'bigint') return value
  // Amounts beyond 2^53 are written as text, and read as what it says.
  return typeof value === 'string' && WHOLE.test(value)
    ? BigInt(value)
    : BigInt(Math.trunc(Number(value ?? 0)))
}

const WHOLE = /^-?\d+$/

/** True when the column holds something. */
export function isSet(row: SqlRow, column: string): boolean {
  const value = row[column]
  return value !== null && value !== undefined
}

const MOST_ROWS = 500

/** The number of rows to read: a whole number from 1 to 500. */
export function clampLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.min(MOST_ROWS, Math.max(1, Math.trunc(limit))) : MOST_ROWS
}

/** Runs a statement that is made for the question and not kept: there are as many as there are questions. */
export function selectAll(
  database: Database,
  sql: string,
  values: readonly (string | number | bigint)[],
): readonly SqlRow[] {
  const statement = database.prepare<SqlRow, (string | number | bigint)[]>(sql)
  try {
    return statement.all(...values)
  } finally {
    statement.finalize()
  }
}
