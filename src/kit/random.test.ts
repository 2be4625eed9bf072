import { expect, test } from 'bun:test'
import { createSeededRandom, randomOf, systemRandom } from './random.ts'

test('a seed replays numbers and bytes, another seed gives others', () => {
  const draw = (seed: number) => {
    const random = createSeededRandom(seed)
    return [random.next(), random.next(), ...random.bytes(8)]
  }
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})

test('seeded numbers fill [0, 1) evenly', () => {
  const random = createSeededRandom(42)
  const tenths = Array.from({ length: 10 }, () => 0)
  for (let index = 0; index < 10_000; index += 1) {
    const value = random.next()
    expect(value >= 0 && value < 1).toBe(true)
    const tenth = Math.floor(value * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(200)
})

test('system bytes are as many as wanted and not all alike', () => {
  expect(systemRandom.bytes(0)).toHaveLength(0)
  expect(new Set(systemRandom.bytes(1_000)).size).toBeGreaterThan(100)
  const value = systemRandom.next()
  expect(value >= 0 && value < 1).toBe(true)
})

test('a source that a text determines gives the same for ever, so that what was drawn need not be kept', () => {
  const draws = (text: string): number[] => {
    const random = randomOf(text)
    return [random.next(), random.next()]
  }
  expect(draws('req_01JD3K')).toEqual([0.40957582951523364, 0.5062438526656479])
  expect(draws('req_01JD3L')).not.toEqual(draws('req_01JD3K'))
})
