import { LIMITS } from '../../kit/limits.ts'
import { OWNER_NAMES } from '../owner-columns.ts'
import type { FacetField } from '../request-facets.ts'
import type { Comparison, Condition, RequestFilter, StoredField, Test } from '../request-query.ts'

/** A part of a statement with the values of its places. Nothing that somebody wrote stands in the text. */
export interface SqlCondition {
  readonly sql: string
  readonly values: readonly (string | number | bigint)[]
}

/** How a field is read: an expression over a line; or one over each of several values that a line has, among which one is enough. */
type FieldSql = string | { readonly from: string; readonly value: string }

/** Of the attempts of a request, as the ledger has them. */
const ofAttempts = (value: string): FieldSql => ({
  from: 'ledger as tried where tried.request_id = requests.id and',
  value: `tried.${value}`,
})

/** `code=subject,subject; code`: each with its code. */
const NOTICES = `iif(notices = '', '[]', '["' || replace(replace(notices, '"', ''), '; ', '","') || '"]')`

const RECORD = "iif(json_valid(decision), decision, '{}')"

/** What guardrails have said, as the record of the decision has it. */
const ofGuardrails = (value: string, which: string): FieldSql => ({
  from: `json_each(${RECORD}, '$.steps') as step, json_each(${RECORD}, step.fullkey || '.verdicts') as said where ${which} and`,
  value,
})

const VERDICT = "json_extract(said.value, '$.verdict')"

const FIELDS: Readonly<Record<Exclude<StoredField, FacetField>, FieldSql> & Record<FacetField, string>> = {
  ...OWNER_NAMES,
  id: 'id',
  at: 'at_ms',
  outcome: 'outcome',
  status: 'status',
  route: 'route',
  model: 'requested_model',
  target: 'target',
  provider: "substr(target, 1, instr(target, '/') - 1)",
  tried: ofAttempts('target'),
  begun: ofAttempts('begun_for'),
  // Older lines tell it by their list alone.
  attempts:
    "coalesce(attempt_count, iif(attempts = '', 0, 1 + (length(attempts) - length(replace(attempts, ', ', ''))) / 2))",
  key_name: 'key_name',
  session: 'session',
  tag: { from: "json_each(coalesce(tags, '[]')) as tag where", value: 'tag.value' },
  client: 'client',
  dialect: 'dialect',
  operation: 'operation',
  stream: 'stream',
  duration: 'duration_ms',
  ttft: 'first_event_ms',
  upstream: 'upstream_ms',
  input: 'input_tokens',
  output: 'output_tokens',
  cost: 'cost_nano_usd',
  saved: 'saved_nano_usd',
  cache: 'cache',
  estimated: 'estimated',
  simulated: 'simulated',
  notice: {
    from: `json_each(${NOTICES}) as notice where`,
    value: "substr(notice.value, 1, instr(notice.value || '=', '=') - 1)",
  },
  guardrail: ofGuardrails("json_extract(said.value, '$.guardrail')", `${VERDICT} <> 'passed'`),
  verdict: ofGuardrails(`iif(json_extract(said.value, '$.shadow'), 'shadow-', '') || ${VERDICT}`, 'true'),
  replayed: `ifnull(json_extract(${RECORD}, '$.steps[0].step') = 'replay', 0)`,
  feedback: { from: 'feedback as given where given.request_id = requests.id and', value: 'given.score' },
  purpose: 'purpose',
  parent: 'parent_id',
  plan: 'plan_version',
}

/** Fields that are read from the record of the decision. */
const RECORDED: ReadonlySet<StoredField> = new Set(['session', 'tag', 'client', 'guardrail'])
/** Fields for which each line takes as long as several others: the record is parsed, or the ledger asked. */
const COSTLY: ReadonlySet<StoredField> = new Set([
  ...RECORDED,
  'tried',
  'begun',
  'notice',
  'verdict',
  'replayed',
])
const COSTLY_SHARE = 4

/** How a field is read of which a line has one value. */
export function expressionOf(field: FacetField): string {
  return FIELDS[field]
}

/** How many lines one may hold against some conditions. */
export function mostLines(conditions: readonly Condition[]): number {
  const isCostly = conditions.some(({ field }) => COSTLY.has(field))
  return isCostly ? LIMITS.queryRows / COSTLY_SHARE : LIMITS.queryRows
}

const OPERATORS: Readonly<Record<Comparison, string>> = {
  '=': '=',
  '>': '>',
  '>=': '>=',
  '<': '<',
  '<=': '<=',
}

/** All conditions of a filter, and its time, over the table `requests`. */
export function toSql({ conditions = [], fromMs, toMs }: RequestFilter): SqlCondition {
  const parts = conditions.map(conditionSql)
  if (fromMs !== undefined) parts.push({ sql: 'at_ms >= ?', values: [fromMs] })
  if (toMs !== undefined) parts.push({ sql: 'at_ms < ?', values: [toMs] })
  return allOf(parts)
}

/** Conditions that must all hold. */
export function allOf(parts: readonly SqlCondition[]): SqlCondition {
  if (parts.length === 0) return { sql: 'true', values: [] }
  return { sql: parts.map(({ sql }) => sql).join(' and '), values: parts.flatMap(({ values }) => values) }
}

/** One condition. What is absent fulfils no test but that for absence, and so `not` of any other. */
function conditionSql(condition: Condition): SqlCondition {
  return holdSql(condition, FIELDS[condition.field], RECORDED.has(condition.field))
}

/** One condition on a name that stands in another column than that of requests. */
export function nameSql(condition: Condition, column: string): SqlCondition {
  return holdSql(condition, column)
}

function holdSql({ part, not, tests }: Condition, known: FieldSql, isRecorded = false): SqlCondition {
  const tried = tests
    .flatMap((test) => partTests(test, part))
    .map((test) => (isRecorded ? inRecord(test, testSql(known, test)) : testSql(known, test)))
  const anyOf = `(${tried.map(({ sql }) => sql).join(' or ')})`
  return {
    sql: not === true ? `not ifnull(${anyOf}, 0)` : anyOf,
    values: tried.flatMap(({ values }) => values),
  }
}

/** A record that does not have the text, as JSON writes it, is not parsed: that takes ten times as long. */
function inRecord(test: Test, condition: SqlCondition): SqlCondition {
  const text = longestText(test)
  if (text === '') return condition
  return {
    sql: `(instr(decision, ?) > 0 and ${condition.sql})`,
    values: [JSON.stringify(text).slice(1, -1), ...condition.values],
  }
}

function longestText(test: Test): string {
  if ('compare' in test) return ''
  const texts = 'is' in test ? [test.is] : test.like
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '')
}

/** A part is written before its value, behind either sign. */
function partTests(test: Test, part: string | undefined): readonly Test[] {
  if (part === undefined || 'compare' in test) return [test]
  if ('is' in test) return [':', '='].map((sign) => ({ is: part + sign + test.is }))
  const [first = '', ...rest] = test.like
  return [':', '='].map((sign) => ({ like: [part + sign + first, ...rest] }))
}

function testSql(field: FieldSql, test: Test): SqlCondition {
  if (typeof field === 'string') return valueSql(field, test)
  const { from, value } = field
  if ('is' in test && test.is === '') return { sql: `not exists (select 1 from ${from} true)`, values: [] }
  const { sql, values } = valueSql(value, test)
  return { sql: `exists (select 1 from ${from} ${sql})`, values }
}

function valueSql(value: string, test: Test): SqlCondition {
  if ('compare' in test) return { sql: `${value} ${OPERATORS[test.compare]} ?`, values: [test.to] }
  if ('like' in test) return { sql: `${value} glob ?`, values: [test.like.map(literal).join('*')] }
  return test.is === ''
    ? { sql: `ifnull(${value}, '') = ''`, values: [] }
    : { sql: `${value} = ?`, values: [test.is] }
}

/** A text within a pattern of SQLite (https://www.sqlite.org/lang_expr.html#glob) that stands for itself. */
function literal(text: string): string {
  return text.replaceAll(/[[?*]/g, '[$&]')
}
