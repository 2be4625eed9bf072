import { requestDetail } from '../admin/requests.ts'
import { usageText } from '../admin/usage-text.ts'
import { requestIdOf } from '../exchange/decision.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { tellStep } from '../exchange/decision-steps.ts'
import type { Route } from '../exchange/route.ts'
import { routeOfArm } from '../experiments/route-of-arm.ts'
import { parseJson, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { showUsd } from '../kit/money.ts'
import { replayDecision } from '../routing/replay.ts'
import type { LedgerRow, RequestRow } from '../store/store.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { openInstallation } from './installation.ts'
import { usablePlan } from './offline-plan.ts'
import { costText } from './request-line.ts'

const MOST_ATTEMPTS = 50

/** Why a request of the log went where it went, by its own id or that of its decision. */
export async function explainPast(id: string, call: CommandCall): Promise<number> {
  const { output } = call
  const installation = await openInstallation(call, 'read')
  try {
    const { requests, ledger } = installation.store
    const row = await requests.find(requestIdOf(id))
    if (row === undefined) throw new CommandError(EXIT.notFound, `There is no ${id} in the request log.`)
    const decision = row.decision === undefined ? undefined : readDecision(row.decision)
    if (call.arguments.has('replay')) return await replayPast(row, decision ?? {}, call)
    if (output.json) {
      output.value(await requestDetail(row, ledger))
      return EXIT.ok
    }
    const answered = row.target ?? 'nobody'
    const cost = row.target === undefined ? '' : `, ${costText(row)}`
    output.line(`${row.id}: ${row.requestedModel} → ${answered}, ${row.outcome}, status ${row.status}${cost}`)
    if (row.purpose !== undefined)
      output.line(`Asked by the gateway itself (${row.purpose}) on behalf of ${row.parentId}`)
    if (decision !== undefined) tellDecision(decision, call)
    const attempts = await ledger.list({ limit: MOST_ATTEMPTS, requestId: row.id })
    if (attempts.rows.length > 0) {
      output.line()
      output.table(
        ['ATTEMPT', 'TARGET', 'OUTCOME', 'MS', 'TOKENS', 'BASIS', 'COST', 'CHARGED'],
        attempts.rows.toSorted((left, right) => left.ordinal - right.ordinal).map(attemptCells),
      )
    }
    return EXIT.ok
  } finally {
    await installation.close()
  }
}

/** Makes the choice of a record again, under the plan of the file. */
async function replayPast(row: RequestRow, decision: JsonObject, call: CommandCall): Promise<number> {
  const { output } = call
  const plan = await usablePlan(call)
  const route = plan.resolveRoute(matchedIn(decision) ?? row.requestedModel)
  const replay = route === undefined ? undefined : replayDecision(decision, wayOf(route, decision))
  if (replay === undefined) {
    const why =
      route === undefined ? 'the file has no such route' : 'the record does not say what it was made from'
    throw new CommandError(EXIT.notFound, `The choice of ${row.id} cannot be made again: ${why}.`)
  }
  const isSame = replay.made === replay.recorded
  const isSamePlan = planHash(plan.version) === planHash(row.planVersion)
  if (output.json)
    output.value({
      id: row.id,
      same: isSame,
      same_plan: isSamePlan,
      made: replay.made,
      recorded: replay.recorded,
    })
  else {
    output.line(
      `The choice is ${isSame ? 'the same' : 'another one'}, under ${isSamePlan ? 'the plan that it was made by' : `another plan (${plan.version}, then ${row.planVersion})`}.`,
    )
    output.line()
    output.table(STEP_COLUMNS, readObjects({ steps: parseJson(replay.made) }, 'steps').flatMap(stepCells))
  }
  return isSame ? EXIT.ok : EXIT.failed
}

/** The route that took the request whatever name it asked for. */
function matchedIn(decision: JsonObject): string | undefined {
  const match = readObjects(decision, 'steps').find(({ step }) => step === 'match')
  return match && readString(match, 'to')
}

/** The step of the route that was taken, where it has steps, and the arm of that, where its requests are divided. */
function wayOf(route: Route, decision: JsonObject): Route {
  const steps = readObjects(decision, 'steps')
  const picked = steps.find(({ step }) => step === 'condition')?.['picked']
  const taken = route.steps?.find(({ name }) => name === picked)?.route ?? route
  const split = steps.find(({ step }) => step === 'split')
  return split === undefined ? taken : routeOfArm(taken, readString(split, 'arm') ?? '')
}

/** A version is the number of a load and a hash of the file, which alone says what was in it. */
function planHash(version: string): string {
  return version.slice(version.indexOf('-') + 1)
}

const STEP_COLUMNS = ['STEP', 'TARGET', 'REASON', 'DETAIL']

/** Tells the steps one by one; the attempts follow from the ledger, which knows more of them. */
function tellDecision(decision: JsonObject, { output }: CommandCall): void {
  output.line(
    `Route ${readString(decision, 'route') ?? ''}, plan ${readString(decision, 'planVersion') ?? ''}`,
  )
  output.line()
  output.table(STEP_COLUMNS, readObjects(decision, 'steps').flatMap(stepCells))
}

function stepCells(step: JsonObject): string[][] {
  return tellStep(step).map(({ what, target = '', reason = '', detail = '' }) => [
    what,
    target,
    reason,
    detail,
  ])
}

function attemptCells(row: LedgerRow): string[] {
  return [
    String(row.ordinal),
    row.target,
    row.status === undefined ? row.outcome : `${row.outcome} ${row.status}`,
    String(Math.round(row.durationMs)),
    usageText(row.usage),
    row.anomalies === undefined ? row.basis : `${row.basis} (${row.anomalies})`,
    costText(row),
    row.chargedNanoUsd === undefined ? '' : showUsd(row.chargedNanoUsd),
  ]
}
