import { describe, expect, test } from 'bun:test'
import { LIMITS } from '../../kit/limits.ts'
import { Overlap } from './overlap.ts'

/** What is told of pieces that follow a text. */
function after(text: string, pieces: readonly string[], isOwn = false): string {
  const overlap = new Overlap(text, isOwn)
  return pieces.map((piece) => overlap.push(piece)).join('') + overlap.end()
}

describe('what a model says once more', () => {
  test.each([
    ['the whole last sentence', 'One. Two is here.', ' Two is here. Three.', ' Three.'],
    ['a word that was cut', 'The quick bro', 'brown fox', 'wn fox'],
    ['a word that was whole', 'The quick', 'quick brown', ' brown'],
    ['blanks', 'One. ', ' Two', 'Two'],
    ['all there is', 'Only this sentence.', 'Only this sentence. And more.', ' And more.'],
  ])('is left out: %s', (_what, text, more, told) => {
    expect(after(text, [more])).toBe(told)
    expect(after(text, more.split(''))).toBe(told)
  })

  test.each([
    ['the other half of a word', 'The bal', 'l rolls'],
    ['a letter within a word', 'Hallo', 'och'],
    ['a short sign', '1, 2,', ', 3'],
    ['what is only alike', 'It was a dark night.', 'It was a dark Night. So'],
    ['a beginning of something else', 'One sentence here.', ' One sentence there.'],
  ])('stays: %s', (_what, text, more) => {
    expect(after(text, [more])).toBe(more)
    expect(after(text, more.split(''))).toBe(more)
  })

  test('of a text that it takes for its own, nothing but blanks is left out', () => {
    expect(after('so it goes, so it goes, ', [' so it goes, on'], true)).toBe('so it goes, on')
    expect(after('The quick bro', ['brown'], true)).toBe('brown')
  })

  test('is held until it is known, and never more than is looked for', () => {
    const text = 'na'.repeat(LIMITS.overlapCharacters)
    const overlap = new Overlap(text, false)
    let held = 0
    for (let told = ''; told === ''; held += 2) told = overlap.push('na')
    expect(held).toBeLessThanOrEqual(LIMITS.overlapCharacters + 2)
    expect(overlap.push('x')).toBe('x')
    expect(overlap.end()).toBe('')
  })
})
