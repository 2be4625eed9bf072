import { expect, test } from 'bun:test'
import { defined } from './defined.ts'

test('absent members are left out, and everything else is kept, whatever it is', () => {
  const copy = defined({ absent: undefined, nothing: null, zero: 0, empty: '', no: false })
  expect(Object.entries<unknown>(copy)).toEqual([
    ['nothing', null],
    ['zero', 0],
    ['empty', ''],
    ['no', false],
  ])
})
