import { expect, test } from 'bun:test'
import { createSeededRandom } from './random.ts'
import { openSealedText, sealText } from './sealed-text.ts'

const random = createSeededRandom(1)

test('what is sealed is opened by the same words, and nothing of it is seen before', () => {
  for (const text of ['', 'gh_live_secret', '{"key":"ü 漢 🙂"}']) {
    const sealed = sealText(text, 'some words', random)
    expect(openSealedText(sealed, 'some words')).toBe(text)
    if (text !== '') expect(sealed.includes(text)).toBe(false)
  }
})

test('the same text is never sealed the same way twice', () => {
  const [one, other] = [sealText('a', 'w', random), sealText('a', 'w', random)]
  expect(one.equals(other)).toBe(false)
})

test('other words do not open it, and neither does a byte that was changed or left out', () => {
  const sealed = sealText('text', 'words', random)
  expect(() => openSealedText(sealed, 'word')).toThrow()
  for (const at of sealed.keys()) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => openSealedText(changed, 'words')).toThrow()
  }
  expect(() => openSealedText(sealed.subarray(0, 40), 'words')).toThrow()
})
