import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createLargeTurns, type Steps } from './large-turns.ts'

const oneStep = (work: () => void): Iterator<void, void> => ({
  next() {
    work()
    return { done: true, value: undefined }
  },
})

function setUp() {
  const clock = createManualClock()
  const turns = createLargeTurns(clock)
  const done: string[] = []
  const work = (owner: string, name: string, tookMs: number): Promise<void> =>
    turns.take(
      owner,
      oneStep(() => {
        clock.advance(tookMs)
        done.push(name)
      }),
    )
  const settle = async (): Promise<void> => {
    for (let step = 0; step < 10; step += 1) await Promise.resolve()
  }
  return { clock, turns, done, work, settle }
}

test('work that held others up is followed by a rest of its owner, and of nobody else', async () => {
  const { clock, done, work, settle } = setUp()
  await work('a', 'a1', 10)
  const second = work('a', 'a2', 10)
  await work('b', 'b1', 20)
  clock.advance(75 * 10 - 21)
  await settle()
  expect(done).toEqual(['a1', 'b1'])
  clock.advance(1)
  await second
  expect(done).toEqual(['a1', 'b1', 'a2'])
})

test('who is alone does not rest, until somebody else asks', async () => {
  const { clock, turns, done, work, settle } = setUp()
  turns.meet('a')
  await work('a', 'a1', 10)
  await work('a', 'a2', 10)
  turns.meet('b')
  turns.meet('a')
  await work('a', 'a3', 10)
  const fourth = work('a', 'a4', 10)
  await settle()
  expect(done).toEqual(['a1', 'a2', 'a3'])
  clock.advance(10_000)
  await fourth
  await work('a', 'a5', 10)
  expect(done).toEqual(['a1', 'a2', 'a3', 'a4', 'a5'])
})

test('short steps are one turn', async () => {
  const { turns } = setUp()
  const steps = function* (): Steps<string> {
    yield
    yield
    return 'done'
  }
  expect(await turns.take('a', steps())).toBe('done')
})

test('no rest is longer than three seconds', async () => {
  const { clock, done, work } = setUp()
  await work('a', 'a1', 10_000)
  const second = work('a', 'a2', 1)
  clock.advance(LIMITS.largeBodyRestMs)
  await second
  expect(done).toEqual(['a1', 'a2'])
})

test('work that nobody notices is not followed by a rest', async () => {
  const { done, work } = setUp()
  await work('a', 'a1', 3)
  await work('a', 'a2', 3)
  expect(done).toEqual(['a1', 'a2'])
})

test('work that fails gives its turn on', async () => {
  const { turns, done, work } = setUp()
  const failing = turns.take(
    'a',
    oneStep(() => {
      throw new RangeError('broken')
    }),
  )
  expect(failing).rejects.toThrow('broken')
  await work('a', 'a1', 1)
  expect(done).toEqual(['a1'])
})

test('others have their turn between two steps', async () => {
  const { clock, turns, settle } = setUp()
  const seen: string[] = []
  const steps = function* (name: string): Steps<string> {
    seen.push(`${name}1`)
    clock.advance(1)
    yield
    seen.push(`${name}2`)
    return name
  }
  const both = Promise.all([turns.take('a', steps('a')), turns.take('b', steps('b'))])
  await settle()
  expect(seen.slice(0, 2)).toEqual(['a1', 'b1'])
  clock.advance(0)
  expect(await both).toEqual(['a', 'b'])
})
