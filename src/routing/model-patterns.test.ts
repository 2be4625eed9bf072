import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { allowsTarget, matchesAny, matchesPattern } from './model-patterns.ts'

describe('patterns', () => {
  test.each([
    ['openai/*', 'openai/gpt-4o', true],
    ['openai/*', 'openai2/gpt-4o', false],
    ['*', '', true],
    ['*-mini', 'gpt-4o-mini', true],
    ['*-mini', 'gpt-4o-mini-x', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['gpt.4', 'gptx4', false],
    ['', 'x', false],
  ])('%s over %s: %p', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected)
  })

  test('a pattern matches exactly what the same regular expression does', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const names = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 })
    fc.assert(
      fc.property(letters, names, (pattern, name) => {
        const oracle = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
        expect(matchesPattern(pattern, name)).toBe(oracle.test(name))
      }),
    )
  })

  test('no list allows everything and an empty list nothing', () => {
    expect(matchesAny(undefined, 'x')).toBe(true)
    expect(matchesAny([], 'x')).toBe(false)
  })
})

describe('targets that a key may use', () => {
  test('a pattern with a slash holds for every target by itself', () => {
    expect(allowsTarget(['openai/*'], ['openai/gpt-4o'], 'openai/gpt-4o')).toBe(true)
    expect(allowsTarget(['openai/*'], ['openai/gpt-4o'], 'other/model')).toBe(false)
  })

  test('the name of a route grants what the route leads to', () => {
    expect(allowsTarget(['support-bot'], ['support-bot'], 'other/model')).toBe(true)
    expect(allowsTarget(['support-bot'], ['sales-bot'], 'other/model')).toBe(false)
    expect(allowsTarget(['*'], ['anything'], 'other/model')).toBe(true)
  })
})
