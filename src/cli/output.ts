import type { Json } from '../kit/json.ts'

/** Below this width a table is written as one block per row. */
const NARROWEST_TABLE = 60
const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

export type Colour = keyof typeof CODES

/** Where the words go. */
export interface Terminal {
  /** Writes to stdout. */
  write(text: string): void
  /** Writes to stderr. */
  writeError(text: string): void
  readonly columns: number
  readonly isTty: boolean
  readonly hasColours: boolean
}

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
  readonly colours: boolean
}

/** Answers go to stdout, talk to stderr, so that answers can be piped. */
export interface Output {
  readonly json: boolean
  readonly isTty: boolean
  readonly columns: number
  /** One line of the answer. */
  line(text?: string): void
  /** The answer as JSON, one line. */
  value(value: Json): void
  /** Something said beside the answer; silent with --quiet. */
  say(text: string): void
  /** What went wrong. */
  complain(text: string): void
  /** Rows under heads; blocks of `head: value` where the terminal is narrow. */
  table(heads: readonly string[], rows: readonly (readonly string[])[]): void
  paint(text: string, colour: Colour): string
}

/** Creates the output of one command. */
export function createOutput(terminal: Terminal, options: OutputOptions): Output {
  const paint = (text: string, colour: Colour): string =>
    options.colours ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text
  return {
    json: options.json,
    isTty: terminal.isTty,
    columns: terminal.columns,
    line: (text = '') => terminal.write(`${text}\n`),
    value: (value) => terminal.write(`${JSON.stringify(value)}\n`),
    say: (text) => {
      if (!options.quiet) terminal.writeError(`${text}\n`)
    },
    complain: (text) => terminal.writeError(`${text}\n`),
    table: (heads, rows) => terminal.write(formatTable(heads, rows, { columns: terminal.columns, paint })),
    paint,
  }
}

interface TableOptions {
  readonly columns: number
  readonly paint: Output['paint']
}

/** Lays rows out in columns, or in blocks when they do not fit. */
export function formatTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  { columns, paint }: TableOptions,
): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => plainLength(row[column] ?? ''))),
  )
  const total = widths.reduce((sum, width) => sum + width + 2, 0)
  if (columns < NARROWEST_TABLE || total - 2 > columns) return formatBlocks(heads, rows)
  const lay = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - plainLength(cell))))
      .join('  ')
      .trimEnd()
  return [paint(lay(heads), 'dim'), ...rows.map(lay)].map((line) => `${line}\n`).join('')
}

function formatBlocks(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.map((row) => heads.map((head, column) => `${head}: ${row[column] ?? ''}\n`).join('')).join('\n')
}

/** Length without colour codes. */
function plainLength(text: string): number {
  // oxlint-disable-next-line no-control-regex -- colour codes begin with the escape character
  return text.replaceAll(/\u001B\[\d+m/g, '').length
}
