import { expect, test } from 'bun:test'
import { createManualClock } from './manual-clock.fixture.ts'
import { createIds } from './ids.ts'
import { createSeededRandom, systemRandom } from './random.ts'

test('an id is its prefix and a ULID', () => {
  const ids = createIds(createManualClock(1_469_918_176_385), systemRandom)
  expect(ids.mint('req')).toMatch(/^req_01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/)
})

test('ids sort by the time they were minted', () => {
  const clock = createManualClock()
  const ids = createIds(clock, systemRandom)
  const minted = Array.from({ length: 200 }, (_, index) => {
    clock.advance(1 + (index % 7) * 1_000)
    return ids.mint('att')
  })
  expect(minted).toEqual([...minted].sort())
})

test('ids of one moment differ', () => {
  const ids = createIds(createManualClock(), systemRandom)
  expect(new Set(Array.from({ length: 10_000 }, () => ids.mint('x'))).size).toBe(10_000)
})

test('a seed replays them', () => {
  const mint = () => createIds(createManualClock(), createSeededRandom(7)).mint('req')
  expect(mint()).toBe(mint())
})
