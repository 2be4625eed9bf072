import { underscored } from '../kit/underscored.ts'
import type { Column } from './columns.ts'
import { toAmount, toInteger, toName, toReal, type WrittenValue } from './written-values.ts'

/** Spells a row as the JSON array of its values. What is absent is null, amounts beyond 2^53 are decimal text, flags are 0 and 1. */
export type SpellRow<Row> = (row: Row) => string

type Members = Readonly<Record<string, unknown>>

/** What the compiled function calls by name. */
const WORDS = { toAmount, toInteger, toName, toReal, countsText } as const

/**
 * Compiles the function that spells rows under some columns. It is made as source, `(row) => JSON.stringify([row.id, …])`, because
 * rows are spelled three times for each request: where each member is read by its own name in the source and not by one that a table
 * holds, that takes a third of the time. The names are those of our own types, never anybody's input.
 */
export function compileSpelling<Row>(columns: readonly Column[]): SpellRow<Row> {
  const values = columns.map(valueSource).join(', ')
  const source = `return (row) => JSON.stringify([${values}])`
  // oxlint-disable-next-line typescript/no-implied-eval -- made of the names of our own columns
  const compile = new Function('columns', ...Object.keys(WORDS), source)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns were made for the type
  return compile(columns, ...Object.values(WORDS)) as SpellRow<Row>
}

/** The value of the column at a place, as an expression over `row`. */
function valueSource(column: Column, place: number): string {
  const { kind, field, within, optional } = column
  const holder = within === undefined ? 'row' : `row.${within}`
  const member = `${holder}.${field}`
  const nothing = JSON.stringify(column.nothing)
  switch (kind) {
    case 'text':
      return optional ? `${member} ?? ${nothing}` : member
    case 'name':
      return optional ? `${member} === undefined ? ${nothing} : toName(${member})` : `toName(${member})`
    case 'integer':
      return `toInteger(${member})`
    case 'real':
      return `toReal(${member})`
    case 'amount':
      return `toAmount(${member})`
    case 'flag':
      return optional ? `${member} === undefined ? null : ${member} ? 1 : 0` : `${member} ? 1 : 0`
    case 'counts':
      return `${anyOf(column, holder)} ? countsText(columns[${place}], ${holder}) : null`
  }
}

/** Mostly there are none of them, and no text is made. */
function anyOf({ fields = [] }: Column, holder: string): string {
  return `(${fields.map((field) => `${holder}.${field}`).join(' || ')})`
}

function countsText({ fields = [] }: Column, holder: Members): string {
  const counts: Record<string, WrittenValue> = {}
  for (const field of fields) {
    const count = holder[field]
    if (typeof count === 'number' && count !== 0) counts[underscored(field)] = toInteger(count)
  }
  return JSON.stringify(counts)
}
