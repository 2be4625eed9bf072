import { existsSync } from 'node:fs'
import { requestDetail } from '../admin/requests.ts'
import { usageText } from '../admin/usage-text.ts'
import { requestIdOf } from '../exchange/decision.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { tellStep } from '../exchange/decision-steps.ts'
import { explainPastUnder, pastExplanationJson, type PastExplanation } from '../insight/explain-past.ts'
import { replayRecord } from '../insight/replay-record.ts'
import { callerUnder } from '../insight/run-what-if.ts'
import { parseJson, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { showUsd } from '../kit/money.ts'
import type { LedgerRow, LedgerStore, RequestRow, Store } from '../store/store.ts'
import { CommandError, EXIT, type CommandCall } from './command.ts'
import { openInstallation, pathsOf } from './installation.ts'
import { usablePlan } from './offline-plan.ts'
import { currentPlan, withoutConfig } from './draft-file.ts'
import type { Output } from './output.ts'
import { costText } from './request-line.ts'
import { tellExplanation } from './tell-explanation.ts'

const MOST_ATTEMPTS = 50

/** Why a request of the log went where it went, by its own id or that of its decision. */
export async function explainPast(id: string, call: CommandCall): Promise<number> {
  const { output } = call
  const installed = installedBeside(call)
  const installation = await openInstallation(installed, 'read')
  try {
    const { requests, ledger } = installation.store
    const row = await requests.find(requestIdOf(id))
    if (row === undefined) throw new CommandError(EXIT.notFound, `There is no ${id} in the request log.`)
    const decision = row.decision === undefined ? undefined : readDecision(row.decision)
    if (call.arguments.has('replay')) return await replayPast(row, decision ?? {}, call)
    const draft = await underDraft(row, installation.store, { call, installed })
    if (output.json) {
      const detail = await requestDetail(row, ledger)
      output.value(draft === undefined ? detail : { ...detail, draft: pastExplanationJson(draft) })
      return EXIT.ok
    }
    const answered = row.target ?? 'nobody'
    const cost = row.target === undefined ? '' : `, ${costText(row)}`
    output.line(`${row.id}: ${row.requestedModel} → ${answered}, ${row.outcome}, status ${row.status}${cost}`)
    if (row.purpose !== undefined)
      output.line(`Asked by the gateway itself (${row.purpose}) on behalf of ${row.parentId}`)
    if (decision !== undefined) tellDecision(decision, call)
    await tellAttempts(row.id, ledger, output)
    if (draft !== undefined) tellDraft(draft, call)
    return EXIT.ok
  } finally {
    await installation.close()
  }
}

/** The file in `--config` is a draft where there is an installation without it. */
function installedBeside(call: CommandCall): CommandCall {
  const given = call.arguments
  const bare = { ...call, arguments: withoutConfig(given) }
  const isDraft = given.has('config') && (given.has('data') || existsSync(pathsOf(bare).dataDirectory))
  return isDraft ? bare : call
}

interface Calls {
  readonly call: CommandCall
  readonly installed: CommandCall
}

/** What the file in `--config` would make of a request; undefined where that is no draft. */
async function underDraft(
  row: RequestRow,
  { keys }: Store,
  { call, installed }: Calls,
): Promise<PastExplanation | undefined> {
  if (installed === call) return undefined
  const [draft, current] = [await usablePlan(call), await currentPlan(installed)]
  const known = await keys.find(row.owners.key ?? '')
  const callerOf = callerUnder(draft, (id) => (id === known?.id ? known : undefined))
  const explained = explainPastUnder(row, { draft, current, callerOf })
  if (explained !== undefined) return explained
  throw new CommandError(EXIT.notFound, `Nobody was chosen for ${row.id}: there is nothing to decide again.`)
}

function tellDraft({ before, after, unknown, explanation }: PastExplanation, call: CommandCall): void {
  const { output } = call
  const isSame = before.target === after.target
  const target = after.target ?? 'nobody'
  const instead = isSame ? 'first, as it did' : `first, where ${before.target ?? 'nobody'} did`
  const steps =
    before.step === after.step ? '' : `, by step ${after.step ?? 'none'} instead of ${before.step ?? 'none'}`
  output.line()
  output.line(`Under ${call.arguments.text('config')}: ${target} comes ${instead}${steps}`)
  if (unknown.length > 0) output.line(`Not known any more, and taken for absent: ${unknown.join(', ')}`)
  tellExplanation(explanation, [], output)
}

/** Makes the choice of a record again, under the plan of the file. */
async function replayPast(row: RequestRow, decision: JsonObject, call: CommandCall): Promise<number> {
  const { output } = call
  const plan = await usablePlan(call)
  const replayed = replayRecord(row, decision, plan)
  if ('impossible' in replayed)
    throw new CommandError(
      EXIT.notFound,
      `The choice of ${row.id} cannot be made again: ${replayed.impossible}.`,
    )
  const { isSame, isSamePlan, made, recorded } = replayed
  if (output.json) output.value({ id: row.id, same: isSame, same_plan: isSamePlan, made, recorded })
  else {
    output.line(
      `The choice is ${isSame ? 'the same' : 'another one'}, under ${isSamePlan ? 'the plan that it was made by' : `another plan (${plan.version}, then ${row.planVersion})`}.`,
    )
    output.line()
    output.table(STEP_COLUMNS, readObjects({ steps: parseJson(made) }, 'steps').flatMap(stepCells))
  }
  return isSame ? EXIT.ok : EXIT.failed
}

const STEP_COLUMNS = ['STEP', 'TARGET', 'REASON', 'DETAIL']

/** The attempts of a request, in order; nothing where there were none. */
export async function tellAttempts(
  requestId: string,
  ledger: Pick<LedgerStore, 'list'>,
  output: Output,
): Promise<void> {
  const { rows } = await ledger.list({ limit: MOST_ATTEMPTS, requestId })
  if (rows.length === 0) return
  output.line()
  output.table(
    ['ATTEMPT', 'BEGUN FOR', 'TARGET', 'OUTCOME', 'MS', 'TOKENS', 'BASIS', 'COST', 'CHARGED'],
    rows.toSorted((left, right) => left.ordinal - right.ordinal).map(attemptCells),
  )
}

/** Tells the steps one by one; the attempts follow from the ledger, which knows more of them. */
export function tellDecision(decision: JsonObject, { output }: Pick<CommandCall, 'output'>): void {
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
    begunText(row),
    row.target,
    row.status === undefined ? row.outcome : `${row.outcome} ${row.status}`,
    String(Math.round(row.durationMs)),
    usageText(row.usage),
    row.anomalies === undefined ? row.basis : `${row.basis} (${row.anomalies})`,
    costText(row),
    row.chargedNanoUsd === undefined ? '' : showUsd(row.chargedNanoUsd),
  ]
}

/** Why an attempt was begun; the first says so by its place where nothing was taken down. */
function begunText({ ordinal, begunFor = ordinal === 1 ? 'first' : '', rung }: LedgerRow): string {
  if (rung === undefined) return begunFor
  return begunFor === 'rung' ? `rung ${rung}` : `${begunFor}, rung ${rung}`
}
