import { expect, test } from 'bun:test'
import * as fc from 'fast-check'
import { createLru } from './lru.ts'

test('the least recently used entry leaves first, reading counts as use', () => {
  const evicted: number[] = []
  const lru = createLru<string, number>(2, (value) => void evicted.push(value))
  lru.set('a', 1)
  lru.set('b', 2)
  expect(lru.get('a')).toBe(1)
  lru.set('c', 3)
  expect([lru.get('a'), lru.get('b'), lru.get('c')]).toEqual([1, undefined, 3])
  expect(evicted).toEqual([2])
})

test('replacing an entry makes it the newest and evicts nothing', () => {
  const evicted: number[] = []
  const lru = createLru<string, number>(2, (value) => void evicted.push(value))
  lru.set('a', 1)
  lru.set('b', 2)
  lru.set('a', 3)
  expect(lru.size).toBe(2)
  expect([...lru.values()]).toEqual([2, 3])
  expect(evicted).toEqual([])
})

test('entries can be deleted and cleared, after which keys may come back', () => {
  const lru = createLru<string, number>(2)
  lru.set('a', 1)
  lru.delete('a')
  lru.delete('absent')
  expect(lru.get('a')).toBeUndefined()
  lru.set('a', 2)
  lru.clear()
  expect(lru.size).toBe(0)
  lru.set('a', 3)
  lru.set('b', 4)
  lru.set('c', 5)
  expect([...lru.values()]).toEqual([4, 5])
})

/** The obvious implementation: a list, newest last. */
function createListLru(capacity: number) {
  let list: [number, number][] = []
  return {
    get(key: number): number | undefined {
      const entry = list.find(([known]) => known === key)
      if (entry !== undefined) list = [...list.filter((other) => other !== entry), entry]
      return entry?.[1]
    },
    set(key: number, value: number): void {
      const without = list.filter(([known]) => known !== key)
      list = [...without, [key, value] satisfies [number, number]].slice(-capacity)
    },
    delete(key: number): void {
      list = list.filter(([known]) => known !== key)
    },
    values: () => list.map(([, value]) => value),
  }
}

test('any sequence of uses agrees with a plain list', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('get', 'set', 'delete'), fc.nat(6), fc.nat()), {
    maxLength: 60,
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), steps, (capacity, actions) => {
      const lru = createLru<number, number>(capacity)
      const model = createListLru(capacity)
      for (const [action, key, value] of actions) {
        if (action === 'get') expect(lru.get(key)).toBe(model.get(key))
        else if (action === 'set') [lru, model].forEach((map) => map.set(key, value))
        else [lru, model].forEach((map) => map.delete(key))
        expect([...lru.values()]).toEqual(model.values())
      }
    }),
    { numRuns: 500 },
  )
})
