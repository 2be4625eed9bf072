import { describe, expect, test } from 'bun:test'
import { array, assert, nat, property } from 'fast-check'
import { countTokens, firstTokens, toPieces } from './pieces.ts'

describe('the pieces of a text', () => {
  test('join to exactly the text, whatever it is', () => {
    // Any code units at all: whitespace is rare among them, so spaces are mixed in.
    const units = array(nat(0xffff), { maxLength: 100 })
    assert(
      property(units, (codes) => {
        const text = codes.map((code) => String.fromCharCode(code % 3 === 0 ? 32 : code)).join('')
        expect(toPieces(text).join('')).toBe(text)
      }),
    )
  })

  test('keep whitespace with the word behind it and cut long words', () => {
    expect(toPieces('Hi  there, extraordinary ')).toEqual(['Hi', '  there,', ' extrao', 'rdinar', 'y', ' '])
  })

  test('never split a character outside the basic plane', () => {
    for (const piece of toPieces('🚀🚀🚀🚀🚀🚀🚀🚀')) expect(piece.isWellFormed()).toBe(true)
  })

  test('are counted and limited alike', () => {
    expect(countTokens('one two three')).toBe(3)
    expect(firstTokens('one two three', 2)).toBe('one two')
  })
})
