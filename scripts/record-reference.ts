import { RECORD_FIELD_NAMES, recordFieldFacts, type RecordFieldKind } from '../src/telemetry/record-fields.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# The record of a request

One JSON object for each request that is over, the same in every [sink](telemetry.md#records-for-others). The table is \`src/telemetry/record-fields.ts\`;
\`npm run docs\` writes this page and a test compares the two. A field never gets another meaning; new ones are added. What is absent is left out.

Money is decimal text in US dollars, exact to the billionth: \`cost_usd\` of a request is the sum of what its attempts cost, and what one cost is
the sum of the lines of its \`receipt\`, rounded up once to a billionth. Invented money (\`simulated\`) is never part of a real cost: leave such records
out of sums. What the gateway asked on behalf of a request (a judge, a shadow) has a record of its own, with \`purpose\` and \`parent_id\`.

Nothing that was said is in a record, and no secret. Names that clients chose (\`requested_model\`, \`session\`, \`tags\`) are theirs: treat them as text of strangers.
`

const KINDS: Readonly<Record<RecordFieldKind, string>> = {
  moment: 'time, RFC 3339 in UTC',
  money: 'decimal text, US dollars',
  word: 'word',
  text: 'text',
  count: 'whole number',
  number: 'number',
  flag: 'true or false',
  texts: 'list of texts',
  part: 'object',
  parts: 'list of objects',
}

/** The reference of records as Markdown: `docs/records.md`. */
export function recordReference(): string {
  const rows = RECORD_FIELD_NAMES.map((name) => {
    const { kind, says, always } = recordFieldFacts(name)
    return tableLine([`\`${name}\``, KINDS[kind], always === true ? 'always' : '', says])
  })
  const columns = ['field', 'form', '', 'meaning']
  return `${[INTRODUCTION, tableLine(columns), tableLine(columns.map(() => '---')), ...rows].join('\n')}\n`
}
