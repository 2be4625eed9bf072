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
  return typeof value === 'bigint' ? value : BigInt(Math.trunc(Number(value ?? 0)))
}

/** True when the column holds something. */
export function isSet(row: SqlRow, column: string): boolean {
  const value = row[column]
  return value !== null && value !== undefined
}

/**
 * What is written: values that JSON can hold, because a batch travels to the writer's thread as one text, which costs a
 * fraction of cloning its values one by one. The columns' affinity makes integers of whole numbers and of decimal texts.
 */
export type WrittenValue = string | number | null

/** An integer to write. Never refuses: one absurd number must not keep a whole batch out of the ledger. */
export function toInteger(value: number | undefined): WrittenValue {
  if (value === undefined) return null
  return Number.isFinite(value) ? Math.trunc(value) : 0
}

/** A fraction to write; what is not finite becomes 0. */
export function toReal(value: number | undefined): WrittenValue {
  if (value === undefined) return null
  return Number.isFinite(value) ? value : 0
}

const LARGEST_INTEGER = 2n ** 63n - 1n
/** Below this a number holds every whole amount exactly. */
const EXACT = BigInt(Number.MAX_SAFE_INTEGER)

/** An amount to write, held within 64 bits. */
export function toAmount(value: bigint | undefined): WrittenValue {
  if (value === undefined) return null
  if (value <= EXACT && value >= -EXACT) return Number(value)
  return (value > LARGEST_INTEGER ? LARGEST_INTEGER : value).toString()
}

const MOST_ROWS = 500

/** The number of rows to read: a whole number from 1 to 500. */
export function clampLimit(limit: number): number {
  return Number.isFinite(limit) ? Math.min(MOST_ROWS, Math.max(1, Math.trunc(limit))) : MOST_ROWS
}
