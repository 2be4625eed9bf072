import { FACTS } from '../src/exchange/facts.ts'
import { LIMITS } from '../src/kit/limits.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# Conditions

A condition says for which requests something holds: which step of a route is taken, above all. It is written in
[CEL](https://cel.dev), the expression language of Kubernetes and Envoy, over the facts below.

\`\`\`yaml
routes:
  support:
    steps:
      - name: regulated
        when: "'pii' in request.tags || key.project == 'fintech'"
        targets: [sim/smart]
      - name: small-jobs
        when: request.input_tokens < 2000 && !request.has_tools
        targets: [sim/small]
      - name: default
        targets: [sim/smart, sim/small]
\`\`\`

The first step whose condition holds is taken; the last one has none. What a step does not say (\`strategy\`, \`fallback\`, \`targets\`, …) is said
by its route. [The record of a decision](decision-record.md) says which step was picked, whose conditions did not hold, and whose could not be said.

## What is checked when the file is read

Names that there are not (with the nearest that there is), types that cannot match (\`request.input_tokens == 'many'\`), what is neither true nor
false, and patterns that are none. A condition has at most ${LIMITS.expressionCharacters.toLocaleString('en')} characters, ${LIMITS.expressionNodes} operators, names and values, ${LIMITS.expressionDepth} levels,
and no list is gone over within another: every condition ends soon. \`matches\` takes patterns in the syntax of
[RE2](https://github.com/google/re2/wiki/Syntax), which take time linear in the text whatever the client sends.

## What cannot be said

A header or a member of \`request.metadata\` that is not there is an error, as is a division by 0. An error decides nothing where the other side of
\`||\` holds or the other side of \`&&\` does not; otherwise **the condition counts as false**, is counted in
\`gatehouse_condition_errors_total\` by route and step, and stands in the decision as \`failed\`. Ask first:

\`\`\`cel
'x-tier' in headers && headers['x-tier'] == 'gold'
\`\`\`

Everything else that is absent is empty, and never an error: a text without letters, the number 0, a list without elements. Headers that prove who the client is
(\`authorization\`, \`x-api-key\`, …) cannot be asked for; \`key.name\` and \`key.project\` can.

What clients say of themselves (headers, tags, metadata, session, customer) they may say as they please: choose by it what is better or cheaper for
them, never what they are permitted. What a key may use is said at the key.

## Facts

What a route [takes requests of any name](route-by-rules.md#a-route-for-requests-of-any-name) by (\`match\`) must be known before there is a route: not what is only known of the whole
conversation, when stored answers have been put before the request, nor how far budgets are used.
`

const COLUMNS = ['fact', 'type', 'in `match`', 'what it is']

/** The reference of conditions as Markdown: `docs/conditions.md`. */
export function conditionsReference(): string {
  const rows = FACTS.map(({ name, type, doc, isLate }) =>
    tableLine([`\`${name}\``, `\`${type}\``, isLate === true ? '' : 'yes', doc]),
  )
  return `${[INTRODUCTION, tableLine(COLUMNS), tableLine(COLUMNS.map(() => '---')), ...rows].join('\n')}\n`
}
