/** A line of a table in Markdown. */
export function tableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
