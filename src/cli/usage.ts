import { reportUsage, type ReportedGroup } from '../admin/report-usage.ts'
import { toTimeJson, toUsageJson } from '../admin/to-json.ts'
import { billedTokens, OTHER_UNITS, TOKEN_UNITS, unitFacts, type Unit } from '../exchange/units.ts'
import { showUsd, type NanoUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import {
  USAGE_GROUPINGS,
  type SavingsGroup,
  type UsageGrouping,
  type UsageQuery,
} from '../store/usage-report.ts'
import { UsageError } from './arguments.ts'
import { EXIT, type Command } from './command.ts'
import { openInstallation } from './installation.ts'
import { tellWhy } from './usage-why.ts'
import { PERIOD_FLAGS, readPeriod } from './period.ts'

/** What was used and what it cost. */
export const usageCommand: Command = {
  name: 'usage',
  usage: '',
  summary: `What was used and what it cost, by ${USAGE_GROUPINGS.slice(0, -1).join(', ')} or ${USAGE_GROUPINGS.at(-1)}.`,
  examples: [
    'gatehouse usage',
    'gatehouse usage --by key --since 7d',
    'gatehouse usage --by route',
    'gatehouse usage --units',
    'gatehouse usage --why --since 7d',
    'gatehouse usage --since 2026-11-01 --json',
  ],
  flags: {
    by: { kind: 'text', value: 'GROUP', help: `${USAGE_GROUPINGS.join(', ')}; default: model.` },
    ...PERIOD_FLAGS,
    units: { kind: 'switch', help: 'Tokens of each kind apart.' },
    why: { kind: 'switch', help: 'Why it is more or less than in the time of the same length before.' },
  },
  positionals: 0,
  async run(call) {
    const { arguments: given, output, clock } = call
    const query: UsageQuery = {
      ...readPeriod(given, clock.nowMs()),
      groupBy: readGroup(given.text('by') ?? 'model'),
      limit: 500,
    }
    const installation = await openInstallation(call, 'read')
    if (given.has('why')) return tellWhy(call, installation.store, query).finally(() => installation.close())
    const { groups, total } = await reportUsage(installation.store, query).finally(() => installation.close())
    if (output.json) {
      output.value({
        from: toTimeJson(query.fromMs),
        to: toTimeJson(query.toMs),
        by: query.groupBy,
        data: groups.map(toUsageJson),
        total: toUsageJson(total),
      })
      return EXIT.ok
    }
    if (groups.length === 0) {
      output.say('Nothing was used in this time.')
      return EXIT.ok
    }
    const rows = groups.length > 1 ? [...groups, total] : groups
    const tokens = given.has('units') ? TOKEN_UNITS.map(unitColumn) : TOKENS
    const columns = [...ATTEMPTS, ...tokens, ...COLUMNS].filter(
      ({ tells }) => tells === undefined || rows.some(tells),
    )
    output.table(
      [query.groupBy.toUpperCase(), ...columns.map(({ head }) => head)],
      rows.map((group) => [group.name, ...columns.map(({ cell }) => cell(group))]),
    )
    return EXIT.ok
  },
}

interface Column {
  readonly head: string
  readonly cell: (group: ReportedGroup) => string
  /** True when the cell says more than the others do. A column that never does is left out, so that the rest fits a terminal. */
  readonly tells?: (group: ReportedGroup) => boolean
}

const ATTEMPTS: readonly Column[] = [{ head: 'ATTEMPTS', cell: ({ attempts }) => String(attempts) }]

const TOKENS: readonly Column[] = [
  { head: 'TOKENS IN', cell: ({ usage }) => String(billedTokens(usage, 'input')) },
  { head: 'TOKENS OUT', cell: ({ usage }) => String(billedTokens(usage, 'output')) },
]

const COLUMNS: readonly Column[] = [
  ...OTHER_UNITS.map(unitColumn),
  { head: 'COST', cell: ({ costNanoUsd }) => showUsd(costNanoUsd) },
  {
    head: 'CHARGED',
    cell: ({ chargedNanoUsd }) => showUsd(chargedNanoUsd),
    tells: ({ chargedNanoUsd, costNanoUsd }) => chargedNanoUsd !== costNanoUsd,
  },
  {
    head: 'SIMULATED',
    cell: ({ simulatedNanoUsd }) => showUsd(simulatedNanoUsd),
    tells: ({ simulatedNanoUsd }) => simulatedNanoUsd > 0n,
  },
  savingsColumn('SAVED', ({ savedNanoUsd }) => savedNanoUsd),
  savingsColumn('SIMULATED SAVED', ({ simulatedNanoUsd }) => simulatedNanoUsd),
  keptColumn('FROM CACHE', ({ requests }) => String(requests)),
  keptColumn('CACHE SAVED', ({ savedNanoUsd }) => showUsd(savedNanoUsd)),
  countColumn('UNPRICED', ({ unpriced }) => unpriced),
  countColumn('ESTIMATED', ({ estimated }) => estimated),
  countColumn('ANOMALOUS', ({ anomalous }) => anomalous),
]

function unitColumn(unit: Unit): Column {
  return countColumn(unitFacts(unit).says.toUpperCase(), ({ usage }) => usage[unit] ?? 0)
}

function countColumn(head: string, count: (group: ReportedGroup) => number): Column {
  return { head, cell: (group) => String(count(group)), tells: (group) => count(group) > 0 }
}

function savingsColumn(head: string, amount: (saved: SavingsGroup) => NanoUsd): Column {
  return {
    head,
    cell: ({ saved }) => (saved === undefined ? '-' : showUsd(amount(saved))),
    tells: ({ saved }) => saved !== undefined && amount(saved) !== 0n,
  }
}

/** What the cache did, where it did something. */
function keptColumn(head: string, tell: (kept: SavingsGroup) => string): Column {
  return {
    head,
    cell: ({ kept }) => (kept === undefined ? '-' : tell(kept)),
    tells: ({ kept }) => kept !== undefined && kept.requests > 0,
  }
}

function readGroup(text: string): UsageGrouping {
  const group = USAGE_GROUPINGS.find((known) => known === text)
  if (group !== undefined) return group
  const [nearest] = nearestNames(text, USAGE_GROUPINGS, 1)
  throw new UsageError(
    `Usage is not grouped by "${text}". ${nearest === undefined ? `Known: ${USAGE_GROUPINGS.join(', ')}.` : `Did you mean ${nearest}?`}`,
  )
}
