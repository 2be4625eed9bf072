import { describe, expect, test } from 'bun:test'
import { textFeaturesOf } from './text-features.ts'

const see = (...texts: readonly string[]) =>
  textFeaturesOf([{ blocks: texts.map((text) => ({ type: 'text', text })) }])

describe('what can be seen of a text', () => {
  test('lines, questions, fences and digits are counted', () => {
    expect(see('How many?\n```ts\nlet a = 12345\n```\nWhy?')).toEqual({
      characters: 38,
      lines: 5,
      longestLine: 13,
      questions: 2,
      fences: 2,
      digits: 0.167,
      nonLatin: 0,
      wide: 0,
      script: 'latin',
    })
  })

  test.each([
    ['Wie groß ist der Turm?', 'latin', 0],
    ['Какова высота башни?', 'cyrillic', 1],
    ['塔有多高？', 'han', 1],
    ['とうのたかさは', 'kana', 1],
    ['탑의 높이는', 'hangul', 1],
    ['ما ارتفاع البرج؟', 'arabic', 1],
    ['מה גובה המגדל', 'hebrew', 1],
    ['मीनार कितनी ऊँची', 'devanagari', 1],
    ['หอคอยสูงเท่าไร', 'thai', 1],
    ['ύψος του πύργου', 'greek', 1],
    ['1234 + 5678 = ?', '', 0],
    ['', '', 0],
  ])('%p is written in %p', (text, script, nonLatin) => {
    expect(see(text)).toMatchObject({ script, nonLatin })
  })

  test('the script of most letters wins, and a mixture has its share', () => {
    const mixed = see('The word башня means tower')
    expect(mixed.script).toBe('latin')
    expect(mixed.nonLatin).toBe(0.227)
    expect(see('塔 tower').wide).toBe(0.167)
  })

  test('several blocks are seen as if they were one, each on lines of its own', () => {
    expect(see('a?', 'bb?')).toMatchObject({ characters: 5, lines: 2, longestLine: 3, questions: 2 })
    expect(textFeaturesOf([])).toMatchObject({ characters: 0, lines: 0, script: '' })
  })

  test('of a long text both ends are seen, and all of it is counted', () => {
    const long = `${'a'.repeat(10_000)}?${'b'.repeat(1_000_000)}?${'c'.repeat(10_000)}?`
    expect(see(long)).toMatchObject({ characters: long.length, questions: 3 })
    expect(see('a'.repeat(500_000), '?', 'b'.repeat(500_000))).toMatchObject({ questions: 0 })
    // Nothing is seen twice where both ends meet.
    expect(see('?'.repeat(20_000))).toMatchObject({ questions: 20_000 })
    expect(see('?'.repeat(40_000))).toMatchObject({ questions: 32_768 })
  })

  test('fences that are written as more backticks count once', () => {
    expect(see('````\n`code`\n````').fences).toBe(2)
  })
})
