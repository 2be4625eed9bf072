import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../../exchange/event.ts'
import { LIMITS } from '../../kit/limits.ts'
import { ToldSoFar } from './told-so-far.ts'

const at = (index: number) => ({ choice: 0, index }) as const
const text = (index: number): ResponseEvent => ({
  type: 'block-start',
  ...at(index),
  block: { type: 'text', text: '' },
})
const say = (index: number, piece: string): ResponseEvent => ({
  type: 'text-delta',
  ...at(index),
  text: piece,
})
const end = (index: number): ResponseEvent => ({ type: 'block-end', ...at(index) })
const thought = (index: number): ResponseEvent => ({
  type: 'block-start',
  ...at(index),
  block: { type: 'reasoning', text: '', form: 'full' },
})
const think = (index: number, piece: string): ResponseEvent => ({
  type: 'reasoning-delta',
  ...at(index),
  text: piece,
})

function told(...events: readonly ResponseEvent[]): ToldSoFar {
  const so = new ToldSoFar()
  for (const event of events) so.take({ events: [event] })
  return so
}

describe('an answer can be gone on with', () => {
  test('as long as its text is open; pieces are told as one', () => {
    const so = told({ type: 'start' }, text(0), say(0, 'One'), say(0, ' two'))
    expect(so.unfit).toBeUndefined()
    expect(so.texts).toEqual([{ type: 'text', text: 'One two' }])
    expect(so.said).toEqual([{ type: 'start' }, text(0), say(0, 'One two')])
    expect(so.characters).toBe(7)
  })

  test('behind thoughts, closed or not, and behind texts that are over', () => {
    expect(told(thought(0), think(0, 'Hm.'), end(0), text(1), say(1, 'So')).unfit).toBeUndefined()
    expect(told(thought(0), think(0, 'Hm.'), text(1), say(1, 'So')).open).toEqual([0, 1])
    expect(told(text(0), say(0, 'One'), end(0), text(1), say(1, 'two')).texts).toHaveLength(2)
  })

  test('and a mark that was told is none of its text', () => {
    const so = told(text(0), say(0, 'One'))
    so.mark({ type: 'text-delta', ...at(0), text: ' […] ' })
    so.take({ events: [say(0, 'two')] })
    expect(so.texts).toEqual([{ type: 'text', text: 'Onetwo' }])
    expect(so.said.at(-1)).toEqual(say(0, 'One […] two'))
  })
})

describe('an answer cannot be gone on with', () => {
  const call: ResponseEvent = {
    type: 'block-start',
    ...at(1),
    block: { type: 'tool-call', id: 'c', name: 'look', arguments: '', form: 'json' },
  }
  const finish: ResponseEvent = { type: 'finish', choice: 0, reason: 'stop' }
  const other: ResponseEvent = { type: 'block-start', choice: 1, index: 0, block: { type: 'text', text: '' } }

  test.each([
    ['nothing was said', []],
    ['its text has not begun', [thought(0), think(0, 'Hm')]],
    ['its text is empty', [text(0)]],
    ['its text is complete', [text(0), say(0, 'One'), end(0)]],
    ['a block before it said nothing', [text(0), end(0), text(1), say(1, 'One')]],
    ['it thinks again', [text(0), say(0, 'One'), thought(1), think(1, 'Hm')]],
    ['a tool was called', [text(0), say(0, 'One'), end(0), call]],
    ['it is known how it ends', [text(0), say(0, 'One'), finish]],
    ['there are several', [text(0), say(0, 'One'), other]],
    ['it passed unread', [text(0), { type: 'passed', frames: 1, bytes: 9 }]],
  ] as const)('where %s', (_what, events) => {
    expect(told(...events).unfit).toBe('not-text')
  })

  test('where it is too long, of which nothing is kept', () => {
    const so = told(text(0), say(0, 'x'.repeat(LIMITS.continuedCharacters)), say(0, 'y'))
    expect(so.unfit).toBe('too-long')
    expect(so.said).toEqual([])
    expect(so.texts).toEqual([])
  })
})
