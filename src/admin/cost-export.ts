import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { billedTokens } from '../exchange/units.ts'
import { formatUsd } from '../kit/money.ts'
import type { KeyStore } from '../store/store.ts'
import type { SpendCell, SpendStore } from '../store/spend.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { keyNames } from './key-names.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import { toTimeJson } from './to-json.ts'

const DAY_MS = 86_400_000
/** Lines of one file. */
const MOST_LINES = 20_000
const BY = ['provider', 'model', 'route', 'key', 'project', 'customer', 'purpose'] as const

const exportQuery = z.strictObject({
  ...PERIOD_QUERY,
  format: z
    .enum(['csv', 'jsonl', 'focus'])
    .default('csv')
    .describe('`focus`: the columns of FOCUS 1.2 (FinOps Open Cost and Usage Specification), as CSV.'),
})

type Fields = readonly (readonly [string, string | number])[]

/** What was spent, day by day, as a file for other programs. */
export function costExportRoutes(needs: {
  readonly spend: SpendStore
  readonly keys: KeyStore
  readonly plan: () => Plan
  readonly nowMs: () => number
}): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/cost/export',
      summary: 'What was spent, a line for each day, model, route and key, as the text of a file.',
      query: exportQuery,
      answer: {
        status: 200,
        schema: z.object({ format: z.enum(['csv', 'jsonl', 'focus']), lines: z.int(), text: z.string() }),
      },
      async handle({ query }) {
        const { format, ...period } = parseQuery(exportQuery, query)
        const time = readPeriod(period, needs.nowMs())
        const { cells, lookedAt } = await needs.spend.split({ ...time, by: BY, scope: {}, stepMs: DAY_MS })
        if (lookedAt !== undefined || cells.length > MOST_LINES)
          throw new AdminProblem('too-much', {
            detail: `More than ${MOST_LINES} lines are in this time. Ask for a shorter one.`,
          })
        const names = await keyNames(needs)
        const rows = [...cells]
          .sort(
            (one, other) =>
              one.atMs - other.atMs || one.names.join('\t').localeCompare(other.names.join('\t')),
          )
          .flatMap((cell) => (format === 'focus' ? focusRows(cell, names) : [plainRow(cell, names)]))
        return jsonResponse({
          format,
          lines: rows.length,
          text: format === 'jsonl' ? toLines(rows) : toCsv(rows),
        })
      },
    },
  ]
}

function namesOf({ names }: SpendCell) {
  const [provider = '', model = '', route = '', key = '', project = '', customer = '', purpose = ''] = names
  return { provider, model, route, key, project, customer, purpose }
}

function plainRow(cell: SpendCell, keys: ReadonlyMap<string, string>): Fields {
  const { provider, model, route, key, project, customer, purpose } = namesOf(cell)
  return [
    ['day', toTimeJson(cell.atMs).slice(0, 10)],
    ['provider', provider],
    ['model', model],
    ['route', route],
    ['key', key],
    ['key_name', keys.get(key) ?? ''],
    ['project', project],
    ['customer', customer],
    ['purpose', purpose],
    ['calls', cell.attempts],
    ['input_tokens', billedTokens(cell.usage, 'input')],
    ['cache_read_tokens', cell.usage.cacheReadTokens],
    ['output_tokens', billedTokens(cell.usage, 'output')],
    ['cost_usd', formatUsd(cell.costNanoUsd)],
    ['simulated_usd', formatUsd(cell.simulatedNanoUsd)],
    ['unpriced_calls', cell.unpriced],
    ['estimated_calls', cell.estimated],
  ]
}

/** Real money alone: a bill has no invented lines. What has no price is no charge that could be told. */
function focusRows(cell: SpendCell, keys: ReadonlyMap<string, string>): Fields[] {
  if (cell.costNanoUsd === 0n) return []
  const { provider, model, route, key, project, customer, purpose } = namesOf(cell)
  const cost = formatUsd(cell.costNanoUsd)
  const day = new Date(cell.atMs)
  const month = (add: number): string => toTimeJson(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + add))
  const tokens = billedTokens(cell.usage, 'input') + billedTokens(cell.usage, 'output')
  return [
    [
      ['BilledCost', cost],
      ['BillingAccountId', provider],
      ['BillingAccountName', provider],
      ['BillingCurrency', 'USD'],
      ['BillingPeriodStart', month(0)],
      ['BillingPeriodEnd', month(1)],
      ['ChargeCategory', 'Usage'],
      ['ChargeClass', ''],
      ['ChargeDescription', `${cell.attempts} calls of ${model}`],
      ['ChargeFrequency', 'Usage-Based'],
      ['ChargePeriodStart', toTimeJson(cell.atMs)],
      ['ChargePeriodEnd', toTimeJson(cell.atMs + DAY_MS)],
      ['ConsumedQuantity', tokens],
      ['ConsumedUnit', 'Tokens'],
      ['ContractedCost', cost],
      ['EffectiveCost', cost],
      ['InvoiceIssuerName', provider],
      ['ListCost', cost],
      ['PricingCategory', 'Standard'],
      ['ProviderName', provider],
      ['PublisherName', provider],
      ['ResourceId', `${provider}/${model}`],
      ['ResourceName', model],
      ['ServiceCategory', 'AI and Machine Learning'],
      ['ServiceName', model],
      ['SkuId', `${provider}/${model}`],
      ['SubAccountId', project],
      ['SubAccountName', project],
      ['Tags', JSON.stringify({ route, key, key_name: keys.get(key) ?? '', customer, purpose })],
    ],
  ]
}

function toLines(rows: readonly Fields[]): string {
  return rows.map((fields) => `${JSON.stringify(Object.fromEntries(fields))}\n`).join('')
}

function toCsv(rows: readonly Fields[]): string {
  const [first = []] = rows
  const heads = first.map(([name]) => name).join(',')
  return [heads, ...rows.map((fields) => fields.map(([, value]) => cellOf(value)).join(','))]
    .map((line) => `${line}\r\n`)
    .join('')
}

/** Programs for tables take a text that begins so for a formula, and run it. */
const FORMULA = /^[=+\-@\t\r]/

/** A value of a line (RFC 4180); numbers stay numbers, and amounts are not below zero. */
function cellOf(value: string | number): string {
  const text = String(value)
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
