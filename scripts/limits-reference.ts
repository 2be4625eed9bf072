import { readFileSync } from 'node:fs'
import { LIMITS } from '../src/kit/limits.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# Limits

Every map, queue, buffer, cache and wait of the gateway ends somewhere. These are the ends, as \`src/kit/limits.ts\` sets them;
\`npm run docs\` writes this page and a test compares the two. Each stands in the metrics as \`gatehouse_limit{name="…"}\`; where
another metric shows how much of it is used, or that it was reached, that one is named here.
`

const COLUMNS = ['name', 'value', 'unit', 'meaning', 'seen in']

/** One bound: a comment, then its name. */
const ENTRY = /^ {2}\/\*\* (?<text>.+) \*\/\n {2}(?<name>\w+):/gm
/** How a comment names the metric that shows the bound at work. */
const SEEN = / Seen in `(?<metric>\w+)`\.$/

/** What one bound is, and where it is seen. */
export interface LimitEntry {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly meaning: string
  readonly metric: string | undefined
}

/** The bounds of the house as their file explains them. Throws RangeError for one that is not explained in one line. */
export function readLimits(): readonly LimitEntry[] {
  const source = readFileSync(new URL('../src/kit/limits.ts', import.meta.url), 'utf8')
  const texts = new Map([...source.matchAll(ENTRY)].map(({ groups }) => [groups?.['name'], groups?.['text']]))
  return Object.entries(LIMITS).map(([name, value]) => {
    const text = texts.get(name)
    if (text === undefined) throw new RangeError(`the limit ${name} is not explained`)
    const meaning = text.replace(SEEN, '')
    return { name, value, unit: unitOf(name), meaning, metric: SEEN.exec(text)?.groups?.['metric'] }
  })
}

function unitOf(name: string): string {
  if (name.endsWith('Bytes')) return 'bytes'
  return name.endsWith('Ms') ? 'ms' : 'count'
}

/** The reference of limits as Markdown: `docs/limits.md`. */
export function limitsReference(): string {
  const rows = readLimits().map(({ name, value, unit, meaning, metric }) =>
    tableLine([
      `\`${name}\``,
      value.toLocaleString('en'),
      unit,
      meaning,
      metric === undefined ? '' : `\`${metric}\``,
    ]),
  )
  return `${[INTRODUCTION, tableLine(COLUMNS), tableLine(COLUMNS.map(() => '---')), ...rows].join('\n')}\n`
}
