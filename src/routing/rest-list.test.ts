import { describe, expect, test } from 'bun:test'
import { createRestList } from './rest-list.ts'

describe('a list of rests', () => {
  test('the later end wins, whichever came first', () => {
    const list = createRestList(10)
    list.rest('a', 30, 0)
    list.rest('a', 1, 0)
    list.rest('b', 1, 0)
    list.rest('b', 30, 0)
    expect(list.until('a', 5)).toBe(30)
    expect(list.until('b', 5)).toBe(30)
  })

  test('what comes while a name rests is no further strike', () => {
    const list = createRestList(10)
    for (const nowMs of [0, 1, 2]) list.rest('a', 10, nowMs)
    expect(list.strikes('a')).toBe(1)
    list.rest('a', 20, 10)
    expect(list.strikes('a')).toBe(2)
  })

  test('a rest is over at its end', () => {
    const list = createRestList(10)
    list.rest('a', 30, 0)
    expect(list.until('a', 29)).toBe(30)
    expect(list.until('a', 30)).toBeUndefined()
  })

  test('it knows whether any of several names rests', () => {
    const list = createRestList(10)
    list.rest('a', 30, 0)
    expect(list.some((name) => name === 'a', 29)).toBe(true)
    expect(list.some((name) => name === 'a', 30)).toBe(false)
    expect(list.some((name) => name === 'b', 29)).toBe(false)
  })

  test('it never holds more than its capacity', () => {
    const list = createRestList(2)
    for (const name of ['a', 'b', 'c']) list.rest(name, 10, 0)
    expect(list.size).toBe(2)
    expect(list.until('a', 0)).toBeUndefined()
    expect(list.until('c', 0)).toBe(10)
  })

  test('names are cleared by themselves and by what they look like', () => {
    const list = createRestList(10)
    for (const name of ['x\nkey', 'y\nkey', 'x\nother']) list.rest(name, 10, 0)
    list.clearMatching((name) => name.endsWith('\nkey'))
    expect(list.entries(0)).toEqual([['x\nother', 10]])
    list.clear('x\nother')
    expect(list.size).toBe(0)
  })
})
