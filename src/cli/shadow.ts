import { toShadowJson, toShadowReportJson } from '../admin/shadows-json.ts'
import { toTimeJson } from '../admin/to-json.ts'
import { defined } from '../kit/defined.ts'
import { showUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { Agreement, ComparedTime, ShadowReport, ShadowRow } from '../store/shadow-rows.ts'
import type { ShadowStore } from '../store/store.ts'
import { UsageError } from './arguments.ts'
import { EXIT, type Command, type CommandCall } from './command.ts'
import { openInstallation } from './installation.ts'
import { PERIOD_FLAGS, readPeriod } from './period.ts'

const ACTIONS = ['report', 'list'] as const
const USUAL_ROWS = 20
const MOST_ROWS = 500

/** Shadows: how their answers compare with those that were shown. */
export const shadowCommand: Command = {
  name: 'shadow',
  usage: 'report [ROUTE] | list [ROUTE]',
  summary: 'How the answers of shadows compare with those that clients got.',
  examples: ['gatehouse shadow report support --since 7d', 'gatehouse shadow list support -n 50'],
  flags: {
    ...PERIOD_FLAGS,
    limit: {
      kind: 'number',
      short: 'n',
      value: 'N',
      help: `list: how many; default: ${USUAL_ROWS}, at most ${MOST_ROWS}.`,
    },
  },
  positionals: 2,
  async run(call) {
    const [action = 'report', route] = call.arguments.positionals
    const known = ACTIONS.find((one) => one === action)
    if (known === undefined) {
      const [nearest = 'report'] = nearestNames(action, ACTIONS, 1)
      throw new UsageError(`There is no "shadow ${action}". Did you mean "shadow ${nearest}"?`)
    }
    const query = { ...readPeriod(call.arguments, call.clock.nowMs()), ...defined({ route }) }
    const { store, close } = await openInstallation(call, 'read')
    try {
      return await (known === 'report'
        ? report(call, store.shadows, query)
        : list(call, store.shadows, query))
    } finally {
      await close()
    }
  },
}

type Query = Parameters<ShadowStore['report']>[0]

async function report({ output }: CommandCall, shadows: ShadowStore, query: Query): Promise<number> {
  const reports = await shadows.report(query)
  if (output.json) output.value(reports.map(toShadowReportJson))
  else if (reports.length === 0) output.say('No shadow was asked in this time.')
  else
    output.table(
      ['ROUTE', 'SHADOW', 'ASKED', 'FAILED', 'AGREE', 'TOOLS', 'JSON', 'WORDS', 'MEDIAN', 'P95', 'COST'],
      reports.map((one) => [
        one.route,
        one.shadow,
        String(one.requests),
        failuresText(one),
        shareText(one.agreement),
        shareText(one.tools),
        shareText(one.json),
        one.jaccard === undefined ? '-' : one.jaccard.toFixed(2),
        timesText(one.median),
        timesText(one.slow),
        costText(one),
      ]),
    )
  return EXIT.ok
}

async function list(
  { output, arguments: given }: CommandCall,
  shadows: ShadowStore,
  query: Query,
): Promise<number> {
  const limit = given.number('limit') ?? USUAL_ROWS
  if (limit < 1 || limit > MOST_ROWS) throw new UsageError(`--limit is a number from 1 to ${MOST_ROWS}.`)
  const { rows } = await shadows.list({ ...query, limit })
  if (output.json) for (const row of rows) output.value(toShadowJson(row))
  else if (rows.length === 0) output.say('No shadow was asked in this time.')
  else
    output.table(
      ['WHEN', 'REQUEST', 'ROUTE', 'SHOWN', 'SHADOW', 'RESULT', 'WORDS', 'TIME'],
      rows.map((row) => [
        toTimeJson(row.atMs),
        row.requestId,
        row.route,
        row.shown,
        row.target ?? row.shadow,
        resultText(row),
        row.jaccard === undefined ? '-' : row.jaccard.toFixed(2),
        timesText(row),
      ]),
    )
  return EXIT.ok
}

function resultText({ outcome, agrees }: ShadowRow): string {
  if (outcome !== 'compared' || agrees === undefined) return outcome
  return agrees ? 'agrees' : 'differs'
}

/** Where it could not be told, nothing is: none of none is no agreement. */
function shareText({ of, agreed }: Agreement): string {
  return of === 0 ? '-' : `${((100 * agreed) / of).toFixed(1)} % of ${of}`
}

/** The shown side first. */
function timesText(time: ComparedTime | undefined): string {
  return time === undefined ? '-' : `${Math.round(time.durationMs)} → ${Math.round(time.shadowMs)} ms`
}

function failuresText({ failures }: ShadowReport): string {
  const codes = Object.entries(failures)
  return codes.length === 0 ? '0' : codes.map(([code, times]) => `${times} ${code}`).join(', ')
}

/** Of the requests of which both sides have a price. Invented money is told where there is no other. */
function costText({ cost, simulatedCost }: ShadowReport): string {
  const { requests, costNanoUsd, shadowCostNanoUsd } = cost.requests > 0 ? cost : simulatedCost
  if (requests === 0) return 'unpriced'
  const sides = `${showUsd(costNanoUsd)} → ${showUsd(shadowCostNanoUsd)}`
  return cost.requests > 0 ? sides : `${sides} simulated`
}
