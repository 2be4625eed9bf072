import { LIMITS } from '../kit/limits.ts'

/** What is wrong with a query, and where. */
export class QueryError extends Error {
  /** The place of the mistake, from 1. */
  readonly at: number
  /** What to write instead. */
  readonly hint: string | undefined

  constructor(message: string, at: number, hint?: string) {
    super(message)
    this.name = 'QueryError'
    this.at = at
    this.hint = hint
  }
}

/** A value of a term, without its quotes. */
export interface QueryValue {
  readonly operator: '' | '=' | '>' | '>=' | '<' | '<='
  readonly text: string
  /** True where an asterisk is an asterisk. */
  readonly isQuoted: boolean
  readonly at: number
}

/** `-field.part:value,value`: what stands between two spaces of a query. */
export interface QueryTerm {
  readonly not: boolean
  readonly field: string
  readonly part: string | undefined
  readonly values: readonly QueryValue[]
  readonly at: number
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const COMMAND = /[\u0000-\u0008\u000E-\u001F\u007F]/
const NAME = /[^\s:,"]*/y
const OPERATOR = />=|<=|>|<|=|/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/y
const BARE = /[^\s,"]*/y
const SPACE = /\s*/y

/** Takes a query apart. Throws QueryError. */
export function readTerms(text: string): readonly QueryTerm[] {
  if (text.length > LIMITS.queryCharacters)
    throw new QueryError(`A query has at most ${LIMITS.queryCharacters} characters.`, LIMITS.queryCharacters)
  const command = text.search(COMMAND)
  if (command >= 0) throw new QueryError('A query has no characters that cannot be seen.', command + 1)
  const reading = new Reading(text)
  const terms: QueryTerm[] = []
  while (reading.hasMore()) {
    if (terms.length === LIMITS.queryTerms)
      throw new QueryError(`A query has at most ${LIMITS.queryTerms} terms.`, reading.at)
    terms.push(readTerm(reading))
  }
  return terms
}

function readTerm(reading: Reading): QueryTerm {
  const { at } = reading
  const not = reading.takes('-')
  const named = reading.take(NAME)
  if (!reading.takes(':')) {
    const word = named === '' ? 'This' : `"${named}"`
    throw new QueryError(
      `${word} names no field.`,
      at,
      'Write field:value, for example route:support or status:error.',
    )
  }
  const dot = named.indexOf('.')
  const field = dot < 0 ? named : named.slice(0, dot)
  const part = dot < 0 ? undefined : named.slice(dot + 1)
  const values = [readValue(reading, named)]
  while (reading.takes(',')) {
    if (values.length === LIMITS.queryValues)
      throw new QueryError(`A term has at most ${LIMITS.queryValues} values.`, reading.at)
    values.push(readValue(reading, named))
  }
  if (!reading.isBetweenTerms())
    throw new QueryError('Between two terms stands a space.', reading.at, 'Put the value in quotes.')
  return { not, field, part, values, at }
}

function readValue(reading: Reading, named: string): QueryValue {
  const { at } = reading
  const word = reading.take(OPERATOR)
  const operator = OPERATORS.find((known) => known === word) ?? ''
  const quoted = reading.takeQuoted()
  const text = quoted ?? reading.take(BARE)
  if (quoted === undefined && reading.isAtQuote())
    throw new QueryError('This quote is not closed, or stands within a value.', reading.at)
  if (quoted === undefined && text === '')
    throw new QueryError(`${named}: has no value.`, at, `${named}:"" asks for those without one.`)
  return { operator, text, isQuoted: quoted !== undefined, at }
}

const OPERATORS = ['=', '>', '>=', '<', '<='] as const

/** A text that is read from its beginning to its end. */
class Reading {
  readonly #text: string
  #place = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The place, from 1. */
  get at(): number {
    return this.#place + 1
  }

  hasMore(): boolean {
    this.take(SPACE)
    return this.#place < this.#text.length
  }

  isBetweenTerms(): boolean {
    return this.#place === this.#text.length || /\s/.test(this.#text.charAt(this.#place))
  }

  isAtQuote(): boolean {
    return this.#text.charAt(this.#place) === '"'
  }

  takes(character: string): boolean {
    if (this.#text.charAt(this.#place) !== character) return false
    this.#place += 1
    return true
  }

  /** What a pattern, which may be nothing, matches here. */
  take(pattern: RegExp): string {
    pattern.lastIndex = this.#place
    const [found = ''] = pattern.exec(this.#text) ?? []
    this.#place += found.length
    return found
  }

  takeQuoted(): string | undefined {
    QUOTED.lastIndex = this.#place
    const match = QUOTED.exec(this.#text)
    if (match === null) return undefined
    this.#place += match[0].length
    return (match[1] ?? '').replaceAll(/\\(.)/g, '$1')
  }
}
