import { expect, test } from 'bun:test'
import { judgeText } from './judge-text.ts'

test('a text is judged by forms of its words, and more of them make a verdict surer', () => {
  const once = judgeText('It was killed.', false)
  const twice = judgeText('Killing and murder', false)
  expect(once).toMatchObject({ flagged: true, categories: { violence: true, hate: false } })
  expect(twice.scores['violence']).toBeGreaterThan(once.scores['violence'] ?? 1)
  expect(judgeText('A stable skill', false).flagged).toBe(false)
})

test('an image is looked at in some categories only', () => {
  const { lookedAt } = judgeText('', true)
  expect([lookedAt?.['violence'], lookedAt?.['illicit']]).toEqual([['text', 'image'], ['text']])
})
