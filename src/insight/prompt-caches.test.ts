import { expect, test } from 'bun:test'
import { NO_COUNTS, type Counts } from '../exchange/units.ts'
import type { SpendCell } from '../store/spend.ts'
import { tellPromptCaches, type CachingTarget } from './prompt-caches.ts'

const PRICE = { input: 3_000_000n, cacheRead: 300_000n, cacheWrite: 3_750_000n, output: 15_000_000n }
const TARGETS: Readonly<Record<string, CachingTarget>> = {
  marks: { price: PRICE, takesMarks: true, isSimulated: false },
  itself: { price: PRICE, takesMarks: false, isSimulated: false },
  played: { price: PRICE, takesMarks: true, isSimulated: true },
  unpriced: { takesMarks: true, isSimulated: false },
}

const cell = (route: string, target: string, usage: Partial<Counts>): SpendCell => ({
  names: [route, target],
  atMs: 0,
  attempts: 2,
  usage: { ...NO_COUNTS, ...usage },
  costNanoUsd: 0n,
  simulatedNanoUsd: 0n,
  unpriced: 0,
  estimated: 0,
})

const tell = (...cells: readonly SpendCell[]) => tellPromptCaches(cells, (id) => TARGETS[id])

test('reading saves the difference to plain input, and writing costs its own', () => {
  const { routes } = tell(
    cell('a', 'marks', { cacheReadTokens: 1_000, cacheWriteTokens: 1_000, inputTokens: 10 }),
  )
  expect(routes).toMatchObject([
    { route: 'a', inputTokens: 2_010, readTokens: 1_000, writtenTokens: 1_000, savedNanoUsd: 1_950_000n },
  ])
})

test('what was only written is a loss, and is told as one', () => {
  const [told] = tell(cell('a', 'marks', { cacheWriteTokens: 1_000 })).routes
  expect([told?.savedNanoUsd, told?.wouldSaveNanoUsd]).toEqual([-750_000n, 0n])
})

test('what marks would save is told of targets that want them, by what was measured elsewhere', () => {
  const plain = cell('plain', 'marks', { inputTokens: 1_000 })
  const [alone] = tell(plain).routes
  // Half is read, and a tenth of that written.
  expect(alone?.wouldSaveNanoUsd).toBe(500n * 2_700n - 50n * 750n)
  const other = cell('other', 'itself', { inputTokens: 200, cacheReadTokens: 800 })
  const { routes, assumption } = tell(plain, other)
  expect(assumption).toEqual({ readShare: 0.8, writtenPerRead: 0, from: 'measured' })
  expect(routes.map(({ wouldSaveNanoUsd }) => wouldSaveNanoUsd)).toEqual([800n * 2_700n, 0n])
})

test('invented money stands apart, and what has no price is counted', () => {
  const { routes } = tell(
    cell('a', 'played', { cacheReadTokens: 1_000 }),
    cell('a', 'unpriced', { cacheReadTokens: 1_000 }),
  )
  expect(routes).toMatchObject([
    { savedNanoUsd: 0n, simulatedSavedNanoUsd: 2_700_000n, unpriced: 2, attempts: 4, readTokens: 2_000 },
  ])
})
