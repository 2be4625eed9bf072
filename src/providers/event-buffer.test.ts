import { expect, test } from 'bun:test'
import { EventBuffer } from './event-buffer.ts'

const TEXT = { type: 'text-delta', choice: 0, index: 0, text: 'a' } as const

test('frames that were passed on one after the other are one event, in its place among the others', () => {
  const told = new EventBuffer()
  told.push({ type: 'passed', frames: 1, bytes: 10 })
  told.push({ type: 'passed', frames: 2, bytes: 5 })
  told.push(TEXT)
  told.push({ type: 'passed', frames: 1, bytes: 1 })
  expect(told.take()).toEqual([
    { type: 'passed', frames: 3, bytes: 15 },
    TEXT,
    { type: 'passed', frames: 1, bytes: 1 },
  ])
  expect(told.take()).toEqual([])
})

test('meaning is asked of what was taken last', () => {
  const told = new EventBuffer()
  told.push({ type: 'start' })
  told.take()
  expect(told.meaningful).toBe(false)
  told.push({ type: 'passed', frames: 1, bytes: 1 })
  told.take()
  expect(told.meaningful).toBe(true)
  told.take()
  expect(told.meaningful).toBe(false)
})

test('nothing is told behind the end', () => {
  const told = new EventBuffer()
  told.push({ type: 'passed', frames: 1, bytes: 1 })
  told.push({ type: 'end' })
  told.push(TEXT)
  told.push({ type: 'passed', frames: 1, bytes: 1 })
  expect(told.ended).toBe('end')
  expect(told.take().map((event) => event.type)).toEqual(['passed', 'end'])
})
