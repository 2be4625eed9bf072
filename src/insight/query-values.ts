import { parseDuration } from '../kit/duration.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseMoment } from '../kit/moment.ts'
import { parseUsd, type NanoUsd } from '../kit/money.ts'
import type { FieldKind, Test } from '../store/request-query.ts'
import { QueryError, type QueryValue } from './query-terms.ts'

/** How the values of a field are read. */
interface ValueKind {
  /** What is expected, for whoever wrote something else. */
  readonly expects: string
  readonly read: (text: string, nowMs: number) => number | NanoUsd | undefined
}

const KINDS: Readonly<Record<Exclude<FieldKind, 'name'>, ValueKind>> = {
  number: { expects: 'a whole number such as 3 or >3', read: readNumber },
  duration: { expects: 'a time with its unit such as >2s or <=500ms', read: (text) => parseDuration(text) },
  money: { expects: 'an amount of US dollars such as >0.01', read: readMoney },
  score: { expects: 'a score from -1 to 1 such as <0 or >=0.5', read: readScore },
  flag: { expects: 'yes or no', read: (text) => FLAGS[text] },
  moment: { expects: 'a time such as >2026-11-20, or an age such as >24h', read: parseMoment },
}

const FLAGS: Readonly<Record<string, number>> = { yes: 1, no: 0, true: 1, false: 0 }

/** What a value of a kind is held against. Throws QueryError. */
export function readTest(kind: FieldKind, value: QueryValue, nowMs: number): Test {
  const { text, operator, at, isQuoted } = value
  if (kind === 'name') return readName(value)
  if (text === '' && isQuoted) return { is: '' }
  const { expects, read } = KINDS[kind]
  const to = read(text, nowMs)
  if (to === undefined) throw new QueryError(`"${text}" is not ${expects}.`, at)
  if (kind === 'flag' && operator !== '') throw new QueryError('yes and no are not compared.', at)
  return { compare: operator === '' ? '=' : operator, to }
}

function readName({ text, operator, isQuoted, at }: QueryValue): Test {
  if (operator !== '' && operator !== '=')
    throw new QueryError(
      `Names are not compared by ${operator}.`,
      at,
      'Write the name, or * for anything in it.',
    )
  if (isQuoted || !text.includes('*')) return { is: text }
  const like = text.split('*')
  if (like.length - 1 > LIMITS.queryWildcards)
    throw new QueryError(`A value has at most ${LIMITS.queryWildcards} asterisks.`, at)
  return { like }
}

function readNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function readScore(text: string): number | undefined {
  return /^-?(0(\.\d{1,6})?|1(\.0{1,6})?)$/.test(text) ? Number(text) : undefined
}

function readMoney(text: string): NanoUsd | undefined {
  const amount = /^(-?)\$?(\d{1,9}(?:\.\d{1,9})?)$/.exec(text)
  if (amount === null) return undefined
  const nano = parseUsd(amount[2] ?? '')
  return amount[1] === '-' ? -nano : nano
}
