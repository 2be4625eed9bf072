import { toRequestJson, toTimeJson } from '../admin/to-json.ts'
import { SCOPES } from '../exchange/owner.ts'
import { QueryError } from '../insight/query-terms.ts'
import { bothOf, filterOf, readListQuery, readQuery } from '../insight/read-query.ts'
import { readViews } from '../insight/saved-views.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { LookedAt, RequestFilter } from '../store/request-query.ts'
import type { RequestLogStore, RequestRow, SettingsStore } from '../store/store.ts'
import { UsageError, type ParsedArguments } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { openInstallation } from './installation.ts'
import { pause } from './pause.ts'
import { requestLine } from './request-line.ts'
import { defined } from '../kit/defined.ts'

const POLL_MS = 500
const PAGE_ROWS = 500
const USUAL_ROWS = 20

const OWNER_FLAGS = Object.fromEntries(
  SCOPES.map((scope) => [scope, { kind: 'text', value: 'ID', help: `Only of this ${scope}.` } as const]),
)

/** The request log. */
export const logsCommand: Command = {
  name: 'logs',
  usage: '',
  summary: 'The request log; -f follows it.',
  examples: [
    'gatehouse logs',
    'gatehouse logs -f',
    "gatehouse logs -q 'status:error route:support -stream:yes'",
    'gatehouse logs --view "slow support" --limit 100',
    'gatehouse logs --outcome provider-error --limit 100 --json',
  ],
  flags: {
    follow: { kind: 'switch', short: 'f', help: 'Go on with new requests until Ctrl-C.' },
    limit: { kind: 'number', short: 'n', value: 'N', help: `How many, newest last; default: ${USUAL_ROWS}.` },
    query: {
      kind: 'text',
      short: 'q',
      value: 'QUERY',
      help: 'Only what this asks for, such as "status:error ttft:>2s"; see docs/query.md.',
    },
    view: {
      kind: 'text',
      value: 'NAME',
      help: 'Only what the query asks for that is kept under this name; --query narrows it.',
    },
    ...OWNER_FLAGS,
    outcome: { kind: 'text', value: 'WORD', help: 'Only with this outcome: ok, or the code of a failure.' },
  },
  positionals: 0,
  async run(call) {
    const installation = await openInstallation(call, 'read')
    try {
      const { requests, settings } = installation.store
      const view = await viewNamed(call.arguments.text('view'), settings)
      const filter = readFilter(call.arguments, view, call.clock.nowMs())
      // Looked up before the rows are: what is written in between must not be missed.
      const [newest] = (await requests.list({ limit: 1 })).rows
      const shown = await showLatest(call, requests, filter)
      if (!call.arguments.has('follow')) return EXIT.ok
      return await follow(call, requests, { filter, shown, after: newest?.id })
    } finally {
      await installation.close()
    }
  },
}

/** The query that is kept under a name; empty where none is named. */
async function viewNamed(name: string | undefined, settings: Pick<SettingsStore, 'get'>): Promise<string> {
  if (name === undefined) return ''
  const views = await readViews(settings)
  const view = views.find((one) => one.name === name)
  if (view !== undefined) return view.q
  const [nearest] = nearestNames(
    name,
    views.map((one) => one.name),
    1,
  )
  const hint =
    nearest === undefined
      ? 'Views are made on the page Requests of the dashboard, or by PUT /api/v1/views/NAME.'
      : `Did you mean ${nearest}?`
  throw new CommandError(EXIT.notFound, `There is no view ${name}. ${hint}`)
}

/** The place in what was written where a mistake is, so that it can be pointed at. */
function readFilter(given: ParsedArguments, view: string, nowMs: number): RequestFilter {
  const query = [view, given.text('query') ?? ''].filter((part) => part !== '').join(' ')
  const owners = Object.fromEntries(SCOPES.map((scope) => [scope, given.text(scope)]))
  try {
    // What was said is written a moment after the line, so it cannot be followed.
    const asked = (given.has('follow') ? readQuery : readListQuery)(query, nowMs)
    return bothOf(asked, filterOf({ ...owners, outcome: given.text('outcome') }))
  } catch (thrown) {
    if (!(thrown instanceof QueryError)) throw thrown
    const { message, at, hint = '' } = thrown
    const place = query === '' ? '' : `\n  ${query}\n  ${' '.repeat(at - 1)}^`
    throw new UsageError(`${message} ${hint}`.trim() + place)
  }
}

/** Shows the newest rows, oldest of them first; gives their ids. */
async function showLatest(
  call: CommandCall,
  requests: RequestLogStore,
  filter: RequestFilter,
): Promise<ReadonlySet<string>> {
  const { arguments: given, output } = call
  const wanted = given.number('limit') ?? USUAL_ROWS
  const rows: RequestRow[] = []
  let after: string | undefined
  let lookedAt: LookedAt | undefined
  do {
    const limit = Math.min(wanted - rows.length, PAGE_ROWS)
    if (limit <= 0) break
    const page = await requests.list({ ...filter, limit, ...defined({ after }) })
    rows.push(...page.rows)
    after = page.next
    lookedAt = page.lookedAt
  } while (after !== undefined && lookedAt === undefined)
  if (rows.length === 0 && wanted > 0)
    output.say((filter.conditions ?? []).length > 0 ? 'No such request.' : 'No request yet.')
  if (lookedAt !== undefined)
    output.say(
      `Older requests than of ${toTimeJson(lookedAt.atMs)} were not looked at: at:<… asks for those.`,
    )
  for (const row of rows.toReversed()) show(row, call)
  return new Set(rows.map(({ id }) => id))
}

interface Following {
  readonly filter: RequestFilter
  /** Shown already. */
  readonly shown: ReadonlySet<string>
  /** Id of the newest row when the first ones were read. */
  readonly after: string | undefined
}

async function follow(call: CommandCall, requests: RequestLogStore, following: Following): Promise<number> {
  const { stopped, clock } = call
  const { shown } = following
  let { after } = following
  while (!stopped.aborted) {
    const { rows, last } = await requests.since(after, PAGE_ROWS, following.filter)
    for (const row of rows) if (!shown.has(row.id)) show(row, call)
    after = last ?? after
    await pause(clock, POLL_MS, [stopped])
  }
  return EXIT.interrupted
}

function show(row: RequestRow, { output }: CommandCall): void {
  if (output.json) output.value(toRequestJson(row))
  else output.line(requestLine(row, output.paint))
}
