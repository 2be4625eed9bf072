import { LIMITS } from '../src/kit/limits.ts'
import { fieldFacts, REQUEST_FIELD_NAMES, type FieldKind } from '../src/store/request-query.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# Queries

Requests are asked for in one small language: by the admin API (\`GET /api/v1/requests?q=…\`, \`GET /api/v1/series?q=…\`) and on the command line.

\`\`\`sh
gatehouse logs -q 'status:error route:support'
gatehouse logs -f -q 'begun:fallback -stream:yes'
gatehouse logs -q 'cost:>0.01 ttft:>2s tag.customer:acme at:>24h'
\`\`\`

A query is terms with spaces between them; all must hold. A term is a field, a colon and a value:

| written | holds where |
| --- | --- |
| \`route:support\` | the field is just this |
| \`route:support,sales\` | it is one of these |
| \`-route:support\` | it is not, or there is none |
| \`model:some*\` | it is this, with anything for the asterisk; at most ${LIMITS.queryWildcards} of them |
| \`user:"ana@a.b, c"\` | it is what stands in the quotes: spaces, commas and asterisks included, \`\\"\` for a quote |
| \`session:""\` | there is none |
| \`duration:>2s\` | it is more; \`>=\`, \`<\` and \`<=\` likewise |
| \`tag.customer:acme\` | a tag is \`customer:acme\` or \`customer=acme\` |

A field, a word or a comparison that there is not is an error that names its place and the nearest that there is. Nothing is passed over.

## How far it looks

What an index answers (a time, a key) is found however far back it lies. For everything else at most ${LIMITS.queryRows.toLocaleString('en')} requests are looked at, the
newest first; where that was not enough, the answer has \`partial: true\`, says in \`looked_at\` how far back it went, and \`next\` goes on from there. \`session\`, \`tag\` and \`client\` are read
in the [record of the decision](decision-record.md), so that requests that were refused before anything was decided have none, and neither have those of older versions.

## How many there are of each

\`GET /api/v1/requests/facets?by=outcome,route&q=…&from=24h\` counts requests of clients by the values of fields (\`outcome\`, \`route\`, \`provider\`, \`model\`, \`key\` and \`client\` where nothing is said), the most
frequent first. Where a field is counted, what the query asks of it is left aside. Where all of a time are counted the [sums](series.md) tell it (\`answered_from: sums\`); else the newest ${LIMITS.facetRows.toLocaleString('en')} requests of the time are, and
\`looked_at\` says how far back that was.

## Views

A query is kept under a name by the dashboard, or by \`PUT /api/v1/views/NAME\` with \`{ "q": "…" }\`, for everybody: up to ${LIMITS.savedViews} of them. \`gatehouse logs --view NAME\` asks it, narrowed by what \`-q\` says; the dashboard makes
an alert of it.

\`\`\`sh
gatehouse logs --view "slow support" -q status:error
\`\`\`

## Fields
`

const KINDS: Readonly<Record<FieldKind, string>> = {
  name: 'text',
  number: 'whole number',
  duration: 'time: `500ms`, `2s`, `1m`',
  money: 'US dollars: `0.01`',
  score: 'from `-1` to `1`',
  flag: '`yes` or `no`',
  moment: 'time: `2026-11-20`, `2026-11-20T12:00:00Z`, `24h`',
}

/** The reference of queries as Markdown: `docs/query.md`. */
export function queryReference(): string {
  const rows = REQUEST_FIELD_NAMES.map((field) => {
    const { kind, says } = fieldFacts(field)
    return tableLine([`\`${field}\``, KINDS[kind], says])
  })
  return [
    INTRODUCTION,
    tableLine(['field', 'value', 'what it is']),
    tableLine(['---', '---', '---']),
    ...rows,
    '',
  ].join('\n')
}
