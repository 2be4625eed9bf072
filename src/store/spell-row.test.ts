import { describe, expect, test } from 'bun:test'
import { columnsOf, type Column } from './columns.ts'
import { compileSpelling } from './spell-row.ts'

interface Row {
  readonly id: string
  readonly note?: string
  readonly model: string
  readonly tag?: string
  readonly count: number
  readonly status?: number
  readonly durationMs: number
  readonly costNanoUsd?: bigint
  readonly simulated: boolean
  readonly usage: Readonly<Record<string, number>>
}

const USAGE: readonly Column[] = [
  { field: 'tokens', name: 'tokens', kind: 'integer', optional: false, nothing: 0 },
  {
    field: 'more',
    name: 'more',
    kind: 'counts',
    optional: true,
    nothing: null,
    fields: ['webPages', 'images'],
  },
]

const spell = compileSpelling<Row>(
  columnsOf<Row>({
    id: 'text',
    note: 'text?',
    model: 'name',
    tag: 'name?',
    count: 'integer',
    status: 'integer?',
    durationMs: 'real',
    costNanoUsd: 'amount?',
    simulated: 'flag',
    usage: USAGE,
  }),
)

const row: Row = { id: 'a', model: 'm', count: 1, durationMs: 0.5, simulated: false, usage: { tokens: 3 } }

describe('a row', () => {
  test('is the array of its values, null for what is absent', () => {
    expect(spell(row)).toBe('["a",null,"m",null,1,null,0.5,null,0,3,null]')
  })

  test('is spelled with all its members, whatever they hold', () => {
    const text = spell({
      ...row,
      id: '"\u0000\u2028é',
      note: '',
      tag: 't',
      status: 503,
      costNanoUsd: 7n,
      simulated: true,
    })
    expect(JSON.parse(text)).toEqual(['"\u0000\u2028é', '', 'm', 't', 1, 503, 0.5, 7, 1, 3, null])
  })

  test('has texts of any length and names of a thousand characters', () => {
    const long = 'x'.repeat(5_000)
    const values: unknown = JSON.parse(spell({ ...row, note: long, model: long, tag: long }))
    expect(values).toEqual(['a', long, 'x'.repeat(1_000), 'x'.repeat(1_000), 1, null, 0.5, null, 0, 3, null])
  })

  test('with absurd numbers is one that can be stored', () => {
    const text = spell({
      ...row,
      count: Number.NaN,
      status: 1.9,
      durationMs: Infinity,
      costNanoUsd: 2n ** 70n,
    })
    expect(JSON.parse(text)).toEqual(['a', null, 'm', null, 0, 1, 0, `${2n ** 63n - 1n}`, 0, 3, null])
    expect(JSON.parse(spell({ ...row, costNanoUsd: -(2n ** 70n) }))).toContain(`${-(2n ** 63n)}`)
  })

  test('says the counts that there are, under their names', () => {
    const text = spell({ ...row, usage: { tokens: 0, webPages: 2, images: 0 } })
    expect(JSON.parse(text)).toEqual(['a', null, 'm', null, 1, null, 0.5, null, 0, 0, '{"web_pages":2}'])
  })
})
