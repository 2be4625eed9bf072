import { expect, test } from 'bun:test'
import { columnsOf, unknownNames, upgradeRowText, type Column } from './columns.ts'
import { compileSpelling } from './spell-row.ts'

interface Row {
  readonly id: string
  readonly maxTokens: number
  readonly tag?: string
  readonly costNanoUsd?: bigint
  readonly simulated: boolean
  readonly word: string
}

const columns: readonly Column[] = columnsOf<Row>({
  id: 'text',
  maxTokens: 'integer',
  tag: 'name?',
  costNanoUsd: 'amount?',
  simulated: 'flag',
  word: 'text',
})

const spell = compileSpelling<Row>(columns)

test('members are kept under their names with underscores', () => {
  expect(columns.map(({ name }) => name)).toEqual([
    'id',
    'max_tokens',
    'tag',
    'cost_nano_usd',
    'simulated',
    'word',
  ])
})

test('a row of fewer columns in another order says nothing in the others', () => {
  const text = upgradeRowText(columns, { names: ['simulated', 'id'], text: '[1,"a"]' })
  expect(text).toBe('["a",0,null,null,1,""]')
  expect(text).toBe(spell({ id: 'a', maxTokens: 0, simulated: true, word: '' }))
})

test('a row of the same columns stays as it is', () => {
  const text = spell({
    id: 'a',
    maxTokens: 7,
    tag: 't',
    costNanoUsd: 2n ** 60n,
    simulated: false,
    word: 'w',
  })
  expect(upgradeRowText(columns, { names: columns.map(({ name }) => name), text })).toBe(text)
})

test('a text that has not one value for each name is no row', () => {
  for (const text of ['', '{}', '[]', '["a"]', '["a",1,2]', '["a",'])
    expect(upgradeRowText(columns, { names: ['id', 'tag'], text })).toBeUndefined()
})

test('names of columns that there are none of are told', () => {
  expect(unknownNames(columns, ['id', 'mood', 'tag', 'weather'])).toEqual(['mood', 'weather'])
})
