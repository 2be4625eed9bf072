import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { FAILURES } from '../exchange/failure-table.ts'
import { LIMITS } from '../kit/limits.ts'
import { fieldFacts, REQUEST_FIELD_NAMES, type Condition } from '../store/request-query.ts'
import { QueryError } from './query-terms.ts'
import { bothOf, filterOf, readQuery } from './read-query.ts'

const NOW_MS = Date.UTC(2026, 0, 15)
const read = (text: string): readonly Condition[] => readQuery(text, NOW_MS).conditions ?? []

function mistake(text: string): Pick<QueryError, 'message' | 'at' | 'hint'> {
  try {
    readQuery(text, NOW_MS)
  } catch (thrown) {
    if (thrown instanceof QueryError) return { message: thrown.message, at: thrown.at, hint: thrown.hint }
    throw thrown
  }
  throw new Error(`${text} was taken`)
}

describe('a query', () => {
  test('is its terms, each with a field and what that is held against', () => {
    expect(
      read('route:support model:some* -stream:yes cost:>0.01 ttft:>2s attempts:>=2 user:"ana@a.b, c"'),
    ).toEqual([
      { field: 'route', tests: [{ is: 'support' }] },
      { field: 'model', tests: [{ like: ['some', ''] }] },
      { field: 'stream', not: true, tests: [{ compare: '=', to: 1 }] },
      { field: 'cost', tests: [{ compare: '>', to: 10_000_000n }] },
      { field: 'ttft', tests: [{ compare: '>', to: 2_000 }] },
      { field: 'attempts', tests: [{ compare: '>=', to: 2 }] },
      { field: 'user', tests: [{ is: 'ana@a.b, c' }] },
    ])
  })

  test('has several values between commas, parts of tags, quotes in quotes, and times', () => {
    expect(
      read('provider:acme,other tag.customer:"a \\"b\\" *",c* at:>24h,<2026-01-01 saved:<-0.5 route:""'),
    ).toEqual([
      { field: 'provider', tests: [{ is: 'acme' }, { is: 'other' }] },
      { field: 'tag', part: 'customer', tests: [{ is: 'a "b" *' }, { like: ['c', ''] }] },
      {
        field: 'at',
        tests: [
          { compare: '>', to: NOW_MS - 86_400_000 },
          { compare: '<', to: Date.UTC(2026, 0, 1) },
        ],
      },
      { field: 'saved', tests: [{ compare: '<', to: -500_000_000n }] },
      { field: 'route', tests: [{ is: '' }] },
    ])
  })

  test('that is empty asks for everything', () => {
    expect(readQuery('  ', NOW_MS)).toEqual({})
  })

  test('names outcomes by what they mean', () => {
    const codes = (text: string): readonly unknown[] =>
      read(text).flatMap(({ field, tests }) => tests.map((one) => ('is' in one ? [field, one.is] : one)))
    expect(codes('status:ok')).toEqual([['outcome', 'ok']])
    expect(codes('status:429')).toEqual([{ compare: '=', to: 429 }])
    expect(codes('error:provider')).toContainEqual([
      'outcome',
      'rate-limited-upstream' in FAILURES ? 'rate-limited-upstream' : 'provider-error',
    ])
    const all = [...codes('error:client'), ...codes('error:gateway'), ...codes('error:provider')]
    expect(all).toHaveLength(codes('status:error').length)
    expect(codes('status:error,gone')).toHaveLength(Object.keys(FAILURES).length)
  })
})

describe('what is no query', () => {
  test.each([
    ['rout:support', 1, 'There is no field "rout".', 'Did you mean route?'],
    ['route:a -staus:error', 10, 'There is no field "staus".', 'Did you mean status?'],
    ['status:eror', 8, 'status cannot be "eror".', 'Did you mean error?'],
    ['error:nobody', 7, 'error cannot be "nobody".', 'It can be client, gateway, provider.'],
    ['outcome:overlaoded', 9, 'There is no outcome "overlaoded".', 'Did you mean overloaded?'],
    ['begun:falback', 7, 'There is no begun "falback".', 'Did you mean fallback?'],
    ['ttft:>2', 6, '"2" is not a time with its unit such as >2s or <=500ms.', undefined],
    ['route:>a', 7, 'Names are not compared by >.', 'Write the name, or * for anything in it.'],
    ['status:>error', 8, 'The words of status are not compared by >.', undefined],
    ['stream:maybe', 8, '"maybe" is not yes or no.', undefined],
    ['stream:>yes', 8, 'yes and no are not compared.', undefined],
    ['cost:cheap', 6, '"cheap" is not an amount of US dollars such as >0.01.', undefined],
    ['attempts:1.5', 10, '"1.5" is not a whole number such as 3 or >3.', undefined],
    [
      'refund',
      1,
      '"refund" names no field.',
      'Write field:value, for example route:support or status:error.',
    ],
    ['text:"refund"', 1, 'What was said is looked for in lists of requests only.', 'Leave text out.'],
    ['texts:"refund"', 1, 'There is no field "texts".', 'Did you mean text?'],
    ['route:', 7, 'route: has no value.', 'route:"" asks for those without one.'],
    ['route:"a', 7, 'This quote is not closed, or stands within a value.', undefined],
    ['route:"a"b', 10, 'Between two terms stands a space.', 'Put the value in quotes.'],
    ['route.x:a', 1, 'route has no parts.', 'Write route:…'],
    ['tag.:a', 1, 'Behind the dot of tag stands nothing.', undefined],
    ['route:a*b*c*d*e*f', 7, `A value has at most ${LIMITS.queryWildcards} asterisks.`, undefined],
    ['route:a\u0000', 8, 'A query has no characters that cannot be seen.', undefined],
  ])('%p is told with its place', (text, at, message, hint) => {
    const found = mistake(text)
    expect([found.at, found.message]).toEqual([at, message])
    if (hint !== undefined) expect(found.hint).toBe(hint)
  })

  test('of any length and form is refused in words, or taken, and never breaks anything', () => {
    expect(mistake('a'.repeat(LIMITS.queryCharacters + 1)).message).toContain('at most')
    expect(mistake('id:a '.repeat(LIMITS.queryTerms + 1)).message).toContain('at most')
    expect(mistake(`id:${'a,'.repeat(LIMITS.queryValues)}a`).message).toContain('at most')
    const pieces = fc.constantFrom(
      'route',
      'tag',
      '.',
      ':',
      '"',
      '\\',
      ',',
      '-',
      '>',
      '*',
      ' ',
      'a',
      'é',
      '1',
      's',
      'status',
      'error',
    )
    const texts = fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 20 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(texts, (text) => {
        try {
          readQuery(text, NOW_MS)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(QueryError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

test('every field can be asked for', () => {
  const values = {
    name: 'ok',
    number: '1',
    duration: '1s',
    money: '1',
    score: '0.5',
    flag: 'yes',
    moment: '1h',
  } as const
  for (const field of REQUEST_FIELD_NAMES) {
    if (field === 'text') continue
    const { kind, words } = fieldFacts(field)
    const value = field === 'error' ? 'client' : (words?.[0] ?? values[kind])
    expect(read(`${field}:${value}`)).toHaveLength(1)
  }
})

test('fields that are named one by one make the same conditions, whatever is in their values', () => {
  expect(filterOf({ key: 'a*', outcome: 'ok' }).conditions).toEqual([
    { field: 'outcome', tests: [{ is: 'ok' }] },
    { field: 'key', tests: [{ is: 'a*' }] },
  ])
  expect(bothOf(readQuery('route:a', NOW_MS), filterOf({ key: 'b' })).conditions).toHaveLength(2)
})
