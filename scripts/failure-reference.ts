import {
  FAILURES,
  failureRow,
  isFailureCode,
  type FailureCode,
  type FailureRow,
} from '../src/exchange/failure-table.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# Failures

Every failure that a client can meet has one of these codes. The table is the one in \`src/exchange/failure-table.ts\`, which
decides what the gateway does about it; \`npm run docs\` writes this page and a test compares the two.

| column | meaning |
|---|---|
| code | stands in the error body and in the request log |
| kind | what routes call it together with others of the kind ([trying again](trying-again.md)) |
| source | who has to act: the client, whoever runs the gateway, or the provider |
| status | HTTP status towards the client; a provider's own status takes its place in rows with \`*\`, and where clients of a dialect depend on it |
| same target | may the gateway ask the same target again: \`no\`, \`fresh\` (once, at once, on a new connection, not counted as a retry), \`after-wait\` (when the provider named a wait of at most two seconds), \`after-pause\` (then too, and after a moment when it named none), both as often as \`retry.attempts\` says, or \`once\` (once, after a moment, where no other target is left) |
| fail over | may it ask another one: \`no\`, \`target\` or \`credential\` (another credential of the same target first) |
| health | what is remembered: \`fault\` (a strike against the target; five in a row, or half of at least twenty within thirty seconds, let it rest: for the caller who met them, or for everybody when others met some too), \`unreachable\` (the same, for everybody, since no request can have caused it), \`cooldown\` (the credential rests for the time that the provider named), \`credential-off\` (the credential is left alone for five minutes; a second when only the words of a message say it), \`credential-off-here\` (the same, for this model), \`target-off\` (the target is left alone for a minute), \`none\` |
| billed | what the ledger charges when nothing of an answer was delivered: \`no\` (nothing, unless the provider itself says so) or \`estimate\` (the input, and output for the time that it worked); what was delivered is always charged |
| client retry | should the client try again by itself; sent as \`x-should-retry\` |

A failure after the first content has been delivered is never retried or failed over: it ends the answer as an error of the client's
dialect. A route may name further codes, or kinds, that lead to its next target, and others that do not.
`

const COLUMNS = [
  'code',
  'kind',
  'status',
  'same target',
  'fail over',
  'health',
  'billed',
  'client retry',
  'message',
]

const SOURCES = [
  ['client', 'The client’s request'],
  ['gateway', 'The gateway'],
  ['provider', 'The provider'],
] as const satisfies readonly (readonly [FailureRow['source'], string])[]

/** The reference of failures as Markdown, made from their table: `docs/failures.md`. */
export function failureReference(): string {
  const sections = SOURCES.map(([source, title]) => {
    const codes = Object.keys(FAILURES).filter(isFailureCode)
    const rows = codes.filter((code) => failureRow(code).source === source).map(renderRow)
    const head = [tableLine(COLUMNS), tableLine(COLUMNS.map(() => '---'))]
    return `## ${title}\n\nSource: \`${source}\`.\n\n${[...head, ...rows].join('\n')}\n`
  })
  return [INTRODUCTION, ...sections].join('\n')
}

function renderRow(code: FailureCode): string {
  const row = failureRow(code)
  const retry = row.clientRetry ? 'yes' : 'no'
  return tableLine([
    `\`${code}\``,
    row.kind ?? '',
    `${row.status}${row.keepsStatus ? ' *' : ''}`,
    row.sameTarget,
    row.failOver,
    row.health,
    row.billed,
    retry,
    row.message,
  ])
}
