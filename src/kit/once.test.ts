import { expect, test } from 'bun:test'
import { once } from './once.ts'

test('makes a value when it is asked for first, and not again, even where there is none', () => {
  const made: string[] = []
  const give = once(() => void made.push('value'))
  expect(made).toEqual([])
  give()
  give()
  expect(made).toEqual(['value'])
})

test('what throws is made anew', () => {
  let calls = 0
  const give = once(() => {
    calls += 1
    if (calls === 1) throw new Error('not yet')
    return calls
  })
  expect(give).toThrow('not yet')
  expect(give()).toBe(2)
})
