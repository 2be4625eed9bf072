import { expect, test } from 'bun:test'
import type { Running } from './process.ts'
import { interleave, Results, spreadOf } from './windows.ts'

test('systems are measured in turn, every other time backwards, and each keeps the order of its windows', async () => {
  const running = (model: string): Running => ({
    chatUrl: '',
    embeddingsUrl: '',
    headers: {},
    model: () => model,
    pids: [],
    stop: async () => {},
  })
  const turns: string[] = []
  const measured = await interleave({
    systems: ['a', 'b', 'c'].map((name) => [name, running(name)]),
    windows: 3,
    async measure(system) {
      turns.push(system.model(''))
      return { turn: turns.length }
    },
  })
  expect(turns.join('')).toBe('abccbaabc')
  expect(measured.get('b')).toEqual([{ turn: 2 }, { turn: 5 }, { turn: 8 }])
})

test('a spread is the median and the quartiles of what was measured', () => {
  expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ low: 2, median: 3, high: 4 })
  expect(spreadOf([4, 1, 2, 3])).toEqual({ low: 1.75, median: 2.5, high: 3.25 })
  expect(spreadOf([7, Number.NaN])).toEqual({ low: 7, median: 7, high: 7 })
  expect(spreadOf([Number.NaN])).toBeUndefined()
})

test('a ratio is taken window by window, so that what disturbs a window leaves it alone', () => {
  const results = new Results()
  const windows = (...values: number[]) => values.map((cpu) => ({ cpu }))
  results.scenarios.set(
    'one',
    new Map([
      ['now', windows(10, 100, 20)],
      ['before', windows(5, 50, 10, 7)],
    ]),
  )
  const at = (system: string) => ({ scenario: 'one', system, figure: 'cpu' })
  const ratio = results.paired(at('now'), at('before'), (one, other) => one / other)
  expect(ratio).toEqual({ low: 2, median: 2, high: 2 })
  expect(results.paired(at('now'), at('gone'), (one, other) => one / other)).toBeUndefined()
})
