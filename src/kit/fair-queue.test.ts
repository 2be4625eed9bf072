import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FairQueue } from './fair-queue.ts'

const fill = (queue: FairQueue<string>, party: string, count: number): (string | undefined)[] =>
  Array.from({ length: count }, (_, index) => queue.push(party, `${party}${index}`))

const drain = (queue: FairQueue<string>): string[] => {
  const order: string[] = []
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) order.push(item)
  return order
}

describe('a queue of parties', () => {
  test('has them take turns, whoever has more waiting', () => {
    const queue = new FairQueue<string>(20)
    fill(queue, 'greedy', 4)
    fill(queue, 'modest', 2)
    expect(drain(queue)).toEqual(['greedy0', 'modest0', 'greedy1', 'modest1', 'greedy2', 'greedy3'])
  })

  test('takes the newest of a party first while it is overloaded', () => {
    const queue = new FairQueue<string>(4)
    fill(queue, 'a', 4)
    expect(drain(queue)).toEqual(['a3', 'a2', 'a0', 'a1'])
  })

  test('makes room for whoever has least, at the cost of whoever has most', () => {
    const queue = new FairQueue<string>(3)
    fill(queue, 'greedy', 3)
    expect(queue.push('greedy', 'late')).toBe('late')
    expect(queue.push('modest', 'm0')).toBe('greedy0')
    // Nobody gives up his own for an equal.
    expect(queue.push('third', 't0')).toBe('greedy1')
    expect(queue.push('modest', 'm1')).toBe('m1')
  })

  test('of no room lets nobody wait', () => {
    expect(new FairQueue<string>(0).push('a', 'x')).toBe('x')
  })

  test('loses nobody and keeps its bound, whoever comes, is served and leaves', () => {
    const parties = ['a', 'b', 'c']
    const move = fc.record({
      what: fc.constantFrom('push', 'shift', 'leave'),
      party: fc.nat(2),
      nth: fc.nat(9),
    })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), fc.array(move, { maxLength: 60 }), (most, moves) => {
        const queue = new FairQueue<number>(most)
        const inside = new Map<number, string>()
        let next = 0
        for (const { what, party: index, nth } of moves) {
          const party = parties[index] ?? ''
          if (what === 'push') {
            inside.set(next, party)
            const goes = queue.push(party, next)
            if (goes !== undefined) expect(inside.delete(goes)).toBe(true)
            next += 1
          } else if (what === 'shift') {
            const item = queue.shift()
            expect(item === undefined).toBe(inside.size === 0)
            if (item !== undefined) expect(inside.delete(item)).toBe(true)
          } else {
            const [item, owner] = [...inside][nth] ?? []
            if (item !== undefined && owner !== undefined) {
              expect(queue.remove(owner, item)).toBe(true)
              inside.delete(item)
            }
          }
          expect(queue.size).toBe(inside.size)
          expect(queue.size).toBeLessThanOrEqual(most)
        }
      }),
    )
  })
})
