import { z } from 'zod'
import { toCountsJson, COUNTS_SHAPE } from './units-json.ts'
import { SPEND_DRIVERS, type SpendDriver } from '../insight/spend-drivers.ts'
import type { SpendEvidence } from '../insight/spend-evidence.ts'
import type { CostGroup, CostPivot } from '../insight/cost-report.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import {
  LOGGED_DIMENSIONS,
  LOSSES,
  SPEND_DIMENSIONS,
  type LostSpend,
  type SpendCell,
} from '../store/spend.ts'
import { moneySchema } from './admin-route.ts'
import { PARTIAL_SHAPE } from './request-filter.ts'
import { toMoneyJson } from './to-json.ts'

/** Everything that spending is told apart by. */
export const COST_DIMENSIONS = [...SPEND_DIMENSIONS, ...LOGGED_DIMENSIONS] as const

const time = { from: z.iso.datetime(), to: z.iso.datetime() }

const cellShape = {
  attempts: z.int().describe('Calls to providers, whoever asked.'),
  cost: moneySchema.describe('Real money, estimates included.'),
  simulated: moneySchema.describe('Invented money of the simulator, never part of cost.'),
  unpriced_attempts: z
    .int()
    .describe('Calls that used something and have no price: counted, never taken for nothing.'),
  usage: z.object(COUNTS_SHAPE).describe('What was used, unit by unit.'),
}

const groupAnswer = z.object({
  name: z.string().describe('The empty text: nobody.'),
  label: z.string().optional().describe('What people call it, where `name` is an id.'),
  amount: moneySchema.describe('Of the money that is told.'),
  finished: moneySchema.describe('The same in intervals that are over, which is what is compared.'),
  before: moneySchema.optional(),
  attempts: z.int(),
  requests: z.int().optional().describe('Where they are told by the request log.'),
  unpriced: z.int(),
  usage: z.object(COUNTS_SHAPE).optional(),
})

const pivotAnswer = z.object({
  rows_by: z.enum(SPEND_DIMENSIONS),
  columns: z.array(z.string()),
  rows: z.array(
    z.object({
      name: z.string(),
      label: z.string().optional(),
      amounts: z.array(moneySchema),
      other: moneySchema.describe('Of columns that are not shown.'),
      total: moneySchema,
    }),
  ),
  totals: z.array(moneySchema),
  other: moneySchema,
  total: moneySchema.describe('The sum of what is shown.'),
  other_rows: z.int(),
  other_columns: z.int(),
  ...PARTIAL_SHAPE,
})

const driverAnswer = z.object({
  driver: z.enum(SPEND_DRIVERS),
  amount: moneySchema,
  evidence: z.array(
    z.object({
      target: z.string().describe('The empty text: all that are not named.'),
      amount: moneySchema.describe('Its part, about.'),
      before: z.number(),
      after: z.number(),
    }),
  ),
  q: z.string().describe('The requests behind it, as a query.'),
})

/** The answer of the cost explorer. */
export const costAnswer = z.object({
  ...time,
  step: z.enum(['1h', '1d']),
  by: z.enum(COST_DIMENSIONS),
  money: z
    .enum(['real', 'simulated'])
    .describe('Which money amounts are: invented money is told where there is no real one.'),
  total: z.object({
    ...cellShape,
    amount: moneySchema,
    estimated: moneySchema
      .optional()
      .describe('How much of the real money is estimates, where that is known apart.'),
    requests: z.int().optional().describe('Requests of clients; absent where they cannot be told apart so.'),
    per_request: moneySchema.optional(),
    per_1k_output: moneySchema.optional().describe('For a thousand tokens of output.'),
  }),
  compared: z
    .object({
      ...time,
      with_from: z.iso.datetime(),
      with_to: z.iso.datetime(),
      days_before: z.int().describe('Whole weeks, so that equal weekdays are compared.'),
      now: moneySchema,
      before: moneySchema,
      change: moneySchema,
      requests_now: z.int().optional(),
      requests_before: z.int().optional(),
      drivers: z.array(driverAnswer).describe('They add up to the change, to the last billionth.'),
    })
    .optional(),
  at: z.array(z.iso.datetime()),
  unfinished: z.int().optional().describe('The interval, by its place in `at`, that is not over yet.'),
  lines: z.array(z.object({ name: z.string(), label: z.string().optional(), amounts: z.array(moneySchema) })),
  others: z
    .object({ names: z.int(), amounts: z.array(moneySchema) })
    .describe('Names that have no line of their own.'),
  groups: z.array(groupAnswer),
  pivot: pivotAnswer.optional(),
  waste: z.object({
    lost: moneySchema.describe('What bought no answer.'),
    beside: moneySchema.describe('What the gateway asked of its own accord: judges, shadows.'),
    losses: z.array(
      z.object({ loss: z.enum(LOSSES), attempts: z.int(), amount: moneySchema, q: z.string() }),
    ),
    ...PARTIAL_SHAPE,
  }),
  saved: z.object({
    provider_caches: moneySchema
      .optional()
      .describe('What input from caches of providers had cost without them, at the prices of now.'),
    rungs: moneySchema.optional().describe('What it saved to begin with a cheaper model.'),
    kept_answers: moneySchema.optional().describe('What the answers had cost that the cache gave again.'),
  }),
  ...PARTIAL_SHAPE,
})

/** What of a cell is told. */
export function toCellJson(cell: SpendCell): JsonObject {
  return {
    attempts: cell.attempts,
    cost: toMoneyJson(cell.costNanoUsd),
    simulated: toMoneyJson(cell.simulatedNanoUsd),
    unpriced_attempts: cell.unpriced,
    usage: toCountsJson(cell.usage),
  }
}

/** Gives what people call a name, where it is an id. */
export type LabelOf = (name: string) => string | undefined

function labelled(name: string, labelOf: LabelOf): JsonObject {
  const label = labelOf(name)
  return label === undefined || label === name ? { name } : { name, label }
}

export function toGroupJson(
  { name, cell, amountNanoUsd, finishedNanoUsd, beforeNanoUsd }: CostGroup,
  labelOf: LabelOf,
): JsonObject {
  return {
    ...labelled(name, labelOf),
    amount: toMoneyJson(amountNanoUsd),
    finished: toMoneyJson(finishedNanoUsd),
    ...(beforeNanoUsd === undefined ? {} : { before: toMoneyJson(beforeNanoUsd) }),
    attempts: cell.attempts,
    unpriced: cell.unpriced,
    usage: toCountsJson(cell.usage),
  }
}

export function toLineJson(
  { name, amounts }: { readonly name: string; readonly amounts: readonly bigint[] },
  labelOf: LabelOf,
): JsonObject {
  return { ...labelled(name, labelOf), amounts: amounts.map(toMoneyJson) }
}

export function toPivotJson(
  table: CostPivot,
  {
    rowsBy,
    labelOf,
    labelColumn,
  }: { readonly rowsBy: string; readonly labelOf: LabelOf; readonly labelColumn: LabelOf },
): JsonObject {
  return {
    rows_by: rowsBy,
    columns: table.columns.map((name) => labelColumn(name) ?? name),
    rows: table.rows.map((row) => ({
      ...labelled(row.name, labelOf),
      amounts: row.amounts.map(toMoneyJson),
      other: toMoneyJson(row.otherNanoUsd),
      total: toMoneyJson(row.totalNanoUsd),
    })),
    totals: table.totals.map(toMoneyJson),
    other: toMoneyJson(table.otherNanoUsd),
    total: toMoneyJson(table.totalNanoUsd),
    other_rows: table.otherRows,
    other_columns: table.otherColumns,
  }
}

export function toDriverJson(
  driver: SpendDriver,
  amount: bigint,
  evidence: readonly SpendEvidence[],
): JsonObject {
  const [first] = evidence
  return {
    driver,
    amount: toMoneyJson(amount),
    evidence: evidence.map(({ name, amountNanoUsd, before, after }) => ({
      target: name,
      amount: toMoneyJson(amountNanoUsd),
      before,
      after,
    })),
    q:
      driver === 'volume' || first === undefined || first.name === ''
        ? queryOf(driver)
        : `tried:${quoted(first.name)}`,
  }
}

function queryOf(driver: SpendDriver): string {
  return driver === 'tries' ? 'attempts:>1' : ''
}

/** A value as a query takes it, whatever stands in it. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

/** Requests behind what was lost. */
const LOST_IN: Readonly<Record<LostSpend['loss'], string>> = {
  failed: 'status:error',
  abandoned: 'status:gone',
  retried: 'status:ok attempts:>1',
  hedged: 'begun:hedge,race',
  beside: '-purpose:""',
}

export function toLossJson({ loss, attempts }: LostSpend, amount: bigint): { readonly [key: string]: Json } {
  return { loss, attempts, amount: toMoneyJson(amount), q: LOST_IN[loss] }
}
