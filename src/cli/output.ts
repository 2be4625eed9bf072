import type { Json } from '../kit/json.ts'
import { toPlainJson, toPlainText } from '../kit/plain-text.ts'

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
  /** Is stderr read by a person, and not kept in a file or by a collector? */
  readonly isErrorTty: boolean
  readonly hasColours: boolean
  /** Lines that were lost, where a terminal loses lines rather than wait for its reader. */
  readonly droppedLines?: () => number
}

/** A terminal that nobody waits for: what its reader leaves unread is dropped in the end. */
export interface LiveTerminal extends Terminal {
  /** Waits a moment for the reader to take the last words. */
  flush(): Promise<void>
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
  /** Is what is said beside the answer read by a person, and kept nowhere? */
  readonly isTalkTty: boolean
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
  /** A table as lines, for `screen`. */
  tableLines(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[]
  /** Puts lines in the place of what the terminal shows; where there is none, below it. */
  screen(lines: readonly string[]): void
  /** Lines that the terminal lost. */
  droppedLines(): number
}

/** Creates the output of one command. */
export function createOutput(terminal: Terminal, options: OutputOptions): Output {
  const paint = (text: string, colour: Colour): string =>
    options.colours ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text
  return {
    json: options.json,
    isTty: terminal.isTty,
    isTalkTty: terminal.isErrorTty,
    columns: terminal.columns,
    line: (text = '') => terminal.write(`${harmless(text)}\n`),
    value: (value) => terminal.write(`${toPlainJson(JSON.stringify(value))}\n`),
    say: (text) => {
      if (!options.quiet) terminal.writeError(`${harmless(text)}\n`)
    },
    complain: (text) => terminal.writeError(`${harmless(text)}\n`),
    table: (heads, rows) => terminal.write(formatTable(heads, rows, { columns: terminal.columns, paint })),
    paint,
    tableLines: (heads, rows) =>
      formatTable(heads, rows, { columns: terminal.columns, paint }).trimEnd().split('\n'),
    screen(lines) {
      const shown = lines.map((line) => `${harmless(line)}${terminal.isTty ? TO_LINE_END : ''}\n`).join('')
      terminal.write(terminal.isTty ? HOME + shown + TO_SCREEN_END : shown)
    },
    droppedLines: terminal.droppedLines ?? (() => 0),
  }
}

/** ECMA-48: to the first place of the screen; what is left of a line, and of the screen, is cleared. */
const HOME = '\u001B[H'
const TO_LINE_END = '\u001B[K'
const TO_SCREEN_END = '\u001B[J'

/** The codes that `paint` writes. */
// oxlint-disable-next-line no-control-regex -- colour codes begin with the escape character
const PAINTED = /(\u001B\[(?:0|1|2|31|32|33|36)m)/

/** Lines for a terminal, which are told only to change their colour: names come from strangers. */
function harmless(text: string): string {
  return text.split('\n').map(harmlessCell).join('\n')
}

/** The same of what must stay on one line. */
function harmlessCell(text: string): string {
  return text
    .split(PAINTED)
    .map((part, index) => (index % 2 === 1 ? part : toPlainText(part, Number.POSITIVE_INFINITY)))
    .join('')
}

interface TableOptions {
  readonly columns: number
  readonly paint: Output['paint']
}

/** Lays rows out in columns, or in blocks when they do not fit. */
export function formatTable(
  heads: readonly string[],
  given: readonly (readonly string[])[],
  { columns, paint }: TableOptions,
): string {
  const rows = given.map((row) => row.map(harmlessCell))
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
