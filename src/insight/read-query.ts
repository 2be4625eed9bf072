import { FAILURES, failureRow, isFailureCode, type FailureSource } from '../exchange/failure-table.ts'
import { nearestNames } from '../kit/nearest.ts'
import {
  fieldFacts,
  REQUEST_FIELD_NAMES,
  type Condition,
  type RequestField,
  type RequestFilter,
} from '../store/request-query.ts'
import { QueryError, readTerms, type QueryTerm, type QueryValue } from './query-terms.ts'
import { readTest } from './query-values.ts'

/** How an exchange can end that is no failure of anybody. */
const OK = 'ok'
const GONE = 'client-gone'

const CODES = Object.keys(FAILURES).filter(isFailureCode)

/** What is told by another word than that of the log. */
const STATUSES: Readonly<Record<string, readonly string[]>> = {
  ok: [OK],
  gone: [GONE],
  error: CODES.filter((code) => code !== GONE),
}

const SOURCES = ['client', 'gateway', 'provider'] as const satisfies readonly FailureSource[]

const ERRORS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  SOURCES.map((source) => [
    source,
    CODES.filter((code) => code !== GONE && failureRow(code).source === source),
  ]),
)

/**
 * Reads the language in which requests are asked for, `status:error route:support -stream:yes ttft:>2s`: all terms must hold, and
 * of the values of a term, with commas between them, any. Throws QueryError, with the place and the nearest name, for a field or an outcome
 * that there is not, a comparison that says nothing, and a value that is none.
 *
 * @param nowMs what ages are counted back from
 */
export function readQuery(text: string, nowMs: number): RequestFilter {
  const { texts, ...filter } = readListQuery(text, nowMs)
  if (texts === undefined) return filter
  throw new QueryError(
    'What was said is looked for in lists of requests only.',
    readTerms(text).find(isText)?.at ?? 1,
    'Leave text out.',
  )
}

/** Words that say something of the field of another name. */
const SAID_BY: Readonly<Record<string, RequestField | undefined>> = { status: 'outcome', error: 'outcome' }

/** As `readQuery`, without what it asks of one field: for whoever offers other values of that. What it excludes stays so. */
export function readQueryBeside(field: RequestField, text: string, nowMs: number): RequestFilter {
  // Mistakes are told wherever they stand.
  const { conditions = [] } = readQuery(text, nowMs)
  const terms = readTerms(text)
  return { conditions: conditions.filter((_one, index) => !isOf(field, terms[index])) }
}

function isOf(field: RequestField, term: QueryTerm | undefined): boolean {
  return term !== undefined && !term.not && (term.field === field || SAID_BY[term.field] === field)
}

/** As `readQuery`, for a list of requests: it may ask for what was said (`text:refund`). */
export function readListQuery(text: string, nowMs: number): RequestFilter {
  const terms = readTerms(text)
  const conditions = terms.filter((term) => !isText(term)).map((term) => toCondition(term, nowMs))
  const texts = terms.filter(isText).map(toText)
  return {
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(texts.length === 0 ? {} : { texts }),
  }
}

function isText({ field }: QueryTerm): boolean {
  return field === 'text'
}

function toText({ not, part, values, at }: QueryTerm): string {
  const [value, ...others] = values
  if (not) throw new QueryError('text cannot be asked for with -.', at)
  if (part !== undefined) throw new QueryError('text has no parts.', at, 'Write text:…')
  if (value === undefined || others.length > 0)
    throw new QueryError('text takes one value.', at, 'Write text:"…" once for each.')
  if (value.text === '' || value.operator !== '')
    throw new QueryError('text is looked for as it is written.', value.at, 'Write text:"…"')
  return value.text
}

/**
 * A filter that holds where all of the filters do.
 */
export function bothOf(left: RequestFilter, right: RequestFilter): RequestFilter {
  return { ...left, ...right, conditions: [...(left.conditions ?? []), ...(right.conditions ?? [])] }
}

/** The filter of fields that must have just these values. */
export function filterOf(values: { readonly [F in RequestField]?: string | undefined }): RequestFilter {
  const conditions = REQUEST_FIELD_NAMES.flatMap((field) => {
    const text = values[field]
    if (text === undefined) return []
    const value: QueryValue = { operator: '', text, isQuoted: true, at: 1 }
    return [toCondition({ not: false, field, part: undefined, values: [value], at: 1 }, 0)]
  })
  return { conditions }
}

function toCondition(term: QueryTerm, nowMs: number): Condition {
  const { not, part, values, at } = term
  const field = knownField(term)
  if (field === 'text') throw new QueryError('text is no field of a line.', at)
  const { kind, hasParts, words } = fieldFacts(field)
  if (part !== undefined && hasParts !== true)
    throw new QueryError(`${field} has no parts.`, at, `Write ${field}:…`)
  if (part === '') throw new QueryError(`Behind the dot of ${field} stands nothing.`, at)
  const asked = { ...(part !== undefined && { part }), ...(not && { not }) }
  if (field === 'error') return { field: 'outcome', ...asked, tests: outcomes(values, ERRORS, field) }
  if (field === 'status' && values.some(({ text }) => /^[a-z]/i.test(text)))
    return { field: 'outcome', ...asked, tests: outcomes(values, STATUSES, field) }
  if (words !== undefined) for (const value of values) checkWord(value, field, words)
  return { field, ...asked, tests: values.map((value) => readTest(kind, value, nowMs)) }
}

function knownField({ field, at, not }: QueryTerm): RequestField {
  const known = REQUEST_FIELD_NAMES.find((name) => name === field)
  if (known !== undefined) return known
  throw new QueryError(
    `There is no field "${field}".`,
    not ? at + 1 : at,
    offer(field, REQUEST_FIELD_NAMES) ?? `The fields: ${REQUEST_FIELD_NAMES.join(', ')}.`,
  )
}

function outcomes(
  values: readonly QueryValue[],
  words: Readonly<Record<string, readonly string[]>>,
  field: string,
): Condition['tests'] {
  return values.flatMap(({ text, operator, at }) => {
    if (operator !== '' && operator !== '=')
      throw new QueryError(`The words of ${field} are not compared by ${operator}.`, at)
    const codes = words[text]
    if (codes !== undefined) return codes.map((code) => ({ is: code }))
    const known = Object.keys(words)
    throw new QueryError(
      `${field} cannot be "${text}".`,
      at,
      offer(text, known) ??
        `It can be ${known.join(', ')}${field === 'status' ? ', or a number alone' : ''}.`,
    )
  })
}

function checkWord({ text, isQuoted, at }: QueryValue, field: string, words: readonly string[]): void {
  if (words.includes(text) || (!isQuoted && text.includes('*'))) return
  throw new QueryError(`There is no ${field} "${text}".`, at, offer(text, words) ?? 'See docs/query.md.')
}

function offer(word: string, names: readonly string[]): string | undefined {
  const [nearest] = nearestNames(word, names, 1)
  return nearest === undefined ? undefined : `Did you mean ${nearest}?`
}
