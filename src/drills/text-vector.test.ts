import { expect, test } from 'bun:test'
import { textVector } from './text-vector.ts'

function likeness(one: string, other: string, dimensions = 256): number {
  const [left, right] = [textVector(one, dimensions), textVector(other, dimensions)]
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)
}

test('the vector of a text is the same every time, as long as it is asked to be, and of unit length', () => {
  for (const text of ['The cat sat on the mat.', '世界', '', '!']) {
    for (const dimensions of [1, 8, 1_536]) {
      expect(textVector(text, dimensions)).toEqual(textVector(text, dimensions))
      expect(textVector(text, dimensions)).toHaveLength(dimensions)
      expect(likeness(text, text, dimensions)).toBeCloseTo(1, 5)
    }
  }
})

test('similar texts are near each other, and others are not', () => {
  const question = 'How do I reset my password?'
  const near = likeness(question, 'Resetting a forgotten password')
  const far = likeness(question, 'The invoice is due in thirty days')
  expect(near).toBeGreaterThan(0.4)
  expect(far).toBeLessThan(0.2)
})

test('tokens are words of their own', () => {
  expect(textVector([1, 2, 3], 64)).toEqual(textVector([3, 2, 1], 64))
  expect(textVector([1, 2, 3], 64)).not.toEqual(textVector([4, 5, 6], 64))
})
