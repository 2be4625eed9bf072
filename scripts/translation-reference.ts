import { DIALECTS } from '../src/dialects/all.ts'
import { CHAT_FATES } from '../src/dialects/all-fates.fixture.ts'
import {
  byFamily,
  type ChatFates,
  type PartFate,
  type PartFateByFamily,
} from '../src/dialects/fates.fixture.ts'
import type { Dialect } from '../src/dialects/dialect.ts'
import type { Fate } from '../src/dialects/fates.ts'
import { WholeCodec } from '../src/dialects/whole-codec.ts'
import { NOTICES, type NoticeCode } from '../src/exchange/notice.ts'
import { tableLine } from './table-line.ts'

const INTRODUCTION = `# Translation

What is kept, changed, lost and refused where a client speaks one dialect and a model another. \`npm run docs\` writes this
page from the tables that the dialects go by and from those that their tests hold them to; a test compares.

Where both speak the same dialect and nothing has to be rewritten, nothing is translated: bytes pass as they are. Else a request is read
into one canonical form and written from it. Each section says what a **provider** of the dialect is told of that form, and what a
**client** of it is shown of an answer. A *part* is a member of the canonical form; *own family* is where client and provider belong to one
family of dialects, *others* where they do not.

| word | meaning |
|---|---|
| kept | in the words of the dialect |
| otherwise | kept, in other words that mean the same |
| unneeded | left out, and nobody there misses it |
| refused | the request is refused with 400 and the client's own name of the field, or goes to the next target of its route |

Everything else is a notice, which stands in \`x-gatehouse-notices\`. Those marked with \`!\` say that something asked for is lost or changed:
\`strict\` turns them into a 400. Providers and models with peculiarities of their own (\`quirks\`, capabilities) may take less than is said here;
what they do not take leaves a notice as well.
`

const OTHERS = `## What is no chat

Questions that are fields and nothing else: what a provider is told of each member, in every dialect that has the operation.
`

/** What becomes of requests and answers in every dialect, as Markdown: `docs/translation.md`. */
export function translationReference(): string {
  const sections = [...CHAT_FATES].map(([dialect, fates]) => sectionOf(dialect, fates))
  return [INTRODUCTION, ...sections, OTHERS, ...DIALECTS.flatMap(wholeSections)].join('\n')
}

/** One for each operation of a dialect whose questions are fields and nothing else. */
function wholeSections({ name, codecs }: Dialect): readonly string[] {
  return Object.entries(codecs).flatMap(([operation, codec]) =>
    codec instanceof WholeCodec
      ? [`### ${code(name)}: ${operation}\n`, fatesTable('member', codec.fates)]
      : [],
  )
}

type NamedFate = Pick<Fate<never, never>, 'names' | 'becomes' | 'note'>

function fatesTable(what: string, fates: Readonly<Record<string, NamedFate>>): string {
  const rows = Object.entries(fates).map(([name, { names, becomes, note }]) => [
    code(name),
    becomes === 'kept' ? names.map(code).join(', ') : '',
    note === undefined ? inWords(becomes) : `${inWords(becomes)}: ${note}`,
  ])
  return table([what, 'fields', 'what becomes of it'], rows)
}

function sectionOf(dialect: string, { parameters, request, answer }: ChatFates): string {
  return [
    `## ${code(dialect)}\n`,
    '### Providers: parameters of a request\n',
    fatesTable('parameter', parameters),
    '### Providers: conversation and tools\n',
    partsTable(request),
    '### Clients: an answer\n',
    partsTable(answer),
  ].join('\n')
}

function partsTable(fates: Readonly<Record<string, PartFate | PartFateByFamily>>): string {
  const rows = Object.entries(fates).map(([part, fate]) => {
    const { own, foreign } = byFamily(fate)
    return [code(part), inWords(own), inWords(foreign)]
  })
  return table(['part', 'own family', 'others'], rows)
}

function inWords(fate: PartFate): string {
  if (typeof fate !== 'string') return fate.map(inWords).join(', ')
  if (!isNotice(fate)) return fate
  return NOTICES[fate] === 'info' ? code(fate) : `${code(fate)} !`
}

function isNotice(fate: string): fate is NoticeCode {
  return fate in NOTICES
}

function code(text: string): string {
  return `\`${text}\``
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `${tableLine(cells)}\n`
  return `${line(columns)}${line(columns.map(() => '---'))}${rows.map(line).join('')}`
}
