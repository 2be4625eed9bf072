import { existsSync } from 'node:fs'
import { DRILL_FAULTS, type Drill } from '../exchange/drill.ts'
import type { DrillReport, RouteReport } from '../drills/rehearse/report.ts'
import { HISTORY_SETTING, addToHistory, readHistory } from '../drills/rehearse/history.ts'
import type { RequestShape } from '../drills/rehearse/traffic.ts'
import { toDrillReportJson } from '../admin/drills-json.ts'
import { toTimeJson } from '../admin/to-json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { quickDrill } from './quick-drill.ts'
import { openInstallation, pathsOf, type Installation } from './installation.ts'
import { compileOffline, type OfflinePlan } from './offline-plan.ts'

const ACTIONS = ['run', 'list', 'report'] as const
/** Requests of the log that traffic is mirrored from. */
const MIRRORED = 500

/** Rehearsed outages: does failing over work as the file says? */
export const drillCommand: Command = {
  name: 'drill',
  usage: 'run NAME | run --all | run --outage PROVIDER | list | report [NAME]',
  summary:
    'Rehearse an outage over this configuration: who answers then, how fast, at what cost. No provider is called.',
  examples: [
    'gatehouse drill run --outage openai',
    'gatehouse drill run weekly',
    'gatehouse drill run --all --config gatehouse.yaml',
    'gatehouse drill report',
  ],
  flags: {
    all: { kind: 'switch', help: 'Every drill of the file, one after the other.' },
    outage: {
      kind: 'text',
      value: 'PROVIDER',
      help: 'What happens when this provider is gone? Needs no drill in the file.',
    },
    fault: {
      kind: 'text',
      value: 'KIND',
      help: `What goes wrong with --outage instead: ${Object.keys(DRILL_FAULTS).join(', ')}.`,
    },
    route: { kind: 'list', value: 'NAME', help: 'With --outage: the routes that are asked; default: all.' },
    for: {
      kind: 'text',
      value: 'TIME',
      help: 'With --outage: how long it lasts; default: 60s, which takes no time here.',
    },
    keep: { kind: 'switch', help: 'With --outage: keep the report with those of the drills of the file.' },
    live: { kind: 'switch', help: 'Not offered: drills never break what serves.' },
  },
  positionals: 2,
  async run(call) {
    const [action = 'list', name] = call.arguments.positionals
    if (action === 'list') return list(call)
    if (action === 'report') return report(call, name)
    if (action === 'run') return run(call, name)
    const [nearest] = nearestNames(action, ACTIONS, 1)
    throw new UsageError(
      `There is no "drill ${action}". ${nearest === undefined ? `Known: ${ACTIONS.join(', ')}.` : `Did you mean "drill ${nearest}"?`}`,
    )
  },
}

async function run(call: CommandCall, name: string | undefined): Promise<number> {
  if (call.arguments.has('live'))
    throw new UsageError(
      'Drills are not run live: what breaks a running gateway on purpose could not be kept from those it serves. The rehearsal takes the same configuration through the same code.',
    )
  const compiled = await compile(call)
  const chosen = chooseDrills(call, name, compiled)
  const installation = existsSync(pathsOf(call).dataDirectory)
    ? await openInstallation(call, 'read')
    : undefined
  try {
    const reports: DrillReport[] = []
    for (const drill of chosen) {
      const come = await rehearse(drill, { call, compiled, installation })
      reports.push(come)
      if (name !== undefined || call.arguments.has('all') || call.arguments.has('keep'))
        await keep(come, installation)
      if (!call.output.json) tellReport(come, call)
    }
    if (call.output.json) call.output.value(reports.map(toDrillReportJson))
    return reports.every(({ passed }) => passed) ? EXIT.ok : EXIT.unmet
  } finally {
    await installation?.close()
  }
}

type Compiled = OfflinePlan & { readonly plan: NonNullable<OfflinePlan['compiled']['plan']> }

async function compile(call: CommandCall): Promise<Compiled> {
  const offline = await compileOffline(call, { probe: true })
  const { plan } = offline.compiled
  if (plan === undefined)
    throw new CommandError(EXIT.usage, `${offline.file} has mistakes; see: gatehouse check`)
  return { ...offline, plan }
}

function chooseDrills(call: CommandCall, name: string | undefined, compiled: Compiled): readonly Drill[] {
  const { arguments: given } = call
  const drills = compiled.plan.drills ?? new Map<string, Drill>()
  const outage = given.text('outage')
  if ([name, outage, given.has('all') || undefined].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('Run which drill? gatehouse drill run NAME, --all, or --outage PROVIDER.')
  if (outage !== undefined)
    return [quickDrill(outage, given, { providers: compiled.compiled.providers, plan: compiled.plan })]
  if (name === undefined) {
    if (drills.size > 0) return [...drills.values()]
    throw new CommandError(
      EXIT.notFound,
      `${compiled.file} declares no drills. Try: gatehouse drill run --outage PROVIDER`,
    )
  }
  const drill = drills.get(name)
  if (drill !== undefined) return [drill]
  const [nearest] = nearestNames(name, drills.keys(), 1)
  const known = drills.size === 0 ? 'It declares none.' : `There are ${[...drills.keys()].join(', ')}.`
  const hint = nearest === undefined ? known : `Did you mean "${nearest}"?`
  throw new CommandError(EXIT.notFound, `There is no drill ${name} in ${compiled.file}. ${hint}`)
}

interface Around {
  readonly call: CommandCall
  readonly compiled: Compiled
  readonly installation: Installation | undefined
}

async function rehearse(drill: Drill, { call, compiled, installation }: Around): Promise<DrillReport> {
  const { runDrill } = await import('../boot/rehearsal/run-drill.ts')
  const { providers } = compiled.compiled
  return runDrill(drill, {
    plan: compiled.plan,
    simulated: new Set(
      providers.filter(({ definition }) => definition.simulated === true).map(({ name }) => name),
    ),
    mirror: (route) => shapesOf(route, installation),
    clock: call.clock,
  })
}

/** What was asked of a route last. Nothing is known of its words, which are not kept. */
async function shapesOf(
  route: string,
  installation: Installation | undefined,
): Promise<readonly RequestShape[]> {
  const page = await installation?.store.requests.list({ limit: MIRRORED })
  return (page?.rows ?? []).flatMap(
    ({ route: asked, requestedModel, operation: name, stream, inputTokens }) => {
      const operation = OPERATION_NAMES.find((known) => known === name)
      const isOfRoute = asked === route || requestedModel === route
      return isOfRoute && operation !== undefined ? [{ operation, stream, inputTokens }] : []
    },
  )
}

async function keep(come: DrillReport, installation: Installation | undefined): Promise<void> {
  const settings = installation?.store.settings
  await settings?.set(HISTORY_SETTING, addToHistory(await settings.get(HISTORY_SETTING), come))
}

async function list(call: CommandCall): Promise<number> {
  const { output, clock } = call
  const { plan } = await compile(call)
  const history = await historyOf(call)
  const rows = [...(plan.drills ?? new Map<string, Drill>()).values()].map((drill) => ({
    name: drill.name,
    cron: drill.schedule?.text,
    next: drill.schedule?.next(clock.nowMs()),
    last: history.find((one) => one.drill === drill.name),
  }))
  if (output.json) {
    output.value(
      rows.map(({ name, cron, next, last }) => ({
        name,
        cron: cron ?? null,
        next: next === undefined ? null : toTimeJson(next),
        last: last === undefined ? null : { at: toTimeJson(last.atMs), passed: last.passed },
      })),
    )
    return EXIT.ok
  }
  if (rows.length === 0)
    output.say('The configuration declares no drills. Try: gatehouse drill run --outage PROVIDER')
  else
    output.table(
      ['DRILL', 'CRON (UTC)', 'NEXT', 'LAST', 'RESULT'],
      rows.map(({ name, cron, next, last }) => [
        name,
        cron ?? '',
        next === undefined ? '' : toTimeJson(next),
        last === undefined ? 'never' : toTimeJson(last.atMs),
        last === undefined ? '' : verdict(last.passed),
      ]),
    )
  return EXIT.ok
}

async function historyOf(call: CommandCall): Promise<readonly DrillReport[]> {
  if (!existsSync(pathsOf(call).dataDirectory)) return []
  const installation = await openInstallation(call, 'read')
  try {
    return readHistory(await installation.store.settings.get(HISTORY_SETTING))
  } finally {
    await installation.close()
  }
}

async function report(call: CommandCall, name: string | undefined): Promise<number> {
  const { output } = call
  const history = await historyOf(call)
  const found = name === undefined ? history : history.filter(({ drill }) => drill === name)
  const [last] = found
  if (output.json) output.value(found.map(toDrillReportJson))
  else if (last === undefined) output.say(`No drill ${name === undefined ? '' : `${name} `}has been run yet.`)
  else {
    if (name !== undefined) tellReport(last, call)
    output.table(
      ['WHEN', 'DRILL', 'RESULT', 'BROKEN'],
      found.map((one) => [toTimeJson(one.atMs), one.drill, verdict(one.passed), brokenOf(one)[0] ?? '']),
    )
  }
  const latest = new Map(found.toReversed().map((one) => [one.drill, one.passed]))
  return [...latest.values()].every(Boolean) ? EXIT.ok : EXIT.unmet
}

function brokenOf({ routes, books }: DrillReport): string[] {
  return [
    ...routes.flatMap(({ route, broken }) => broken.map((text) => `${route}: ${text}`)),
    ...books.broken,
  ]
}

function verdict(passed: boolean): string {
  return passed ? 'passed' : 'FAILED'
}

function tellReport(come: DrillReport, { output }: CommandCall): void {
  const { drill, faults, routes, passed, left } = come
  output.line(`${drill}: ${faults.join(', ')}: ${output.paint(verdict(passed), passed ? 'green' : 'red')}`)
  output.table(
    ['ROUTE', 'RESULT', 'ANSWERED', 'STRUCK', 'SERVED BY', 'P95', 'ADDED', 'COST'],
    routes.map((one) => [
      one.route,
      verdict(one.broken.length === 0),
      `${one.answered} of ${one.requests}${one.refusedByRule === undefined ? '' : `, ${one.refusedByRule} refused by rule`}`,
      String(one.struck),
      tellCounts(one.servedBy),
      seconds(one.p95Ms),
      seconds(one.p95AddedMs),
      one.costTimes === undefined ? '' : `${one.costTimes.toFixed(2)}x`,
    ]),
  )
  for (const text of brokenOf(come)) output.line(`  ${text}`)
  for (const text of left) output.say(`  not rehearsed: ${text}`)
  output.line()
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)}s`
}

function tellCounts(counts: RouteReport['servedBy']): string {
  return Object.entries(counts)
    .map(([name, times]) => `${name} ${times}`)
    .join(', ')
}
