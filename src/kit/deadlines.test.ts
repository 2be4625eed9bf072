import { expect, test } from 'bun:test'
import { createManualClock } from './manual-clock.fixture.ts'
import { createDeadlines, type Deadline } from './deadlines.ts'

function deadlineAt(dueMs: number, log: string[], name: string): Deadline {
  return { dueMs, expire: () => void log.push(name) }
}

test('deadlines expire at their time, whatever order they were added in', () => {
  const clock = createManualClock()
  const deadlines = createDeadlines(clock, 1)
  const log: string[] = []
  deadlines.add(deadlineAt(300, log, 'late'))
  deadlines.add(deadlineAt(100, log, 'early'))
  deadlines.add(deadlineAt(200, log, 'middle'))
  clock.advance(99)
  expect(log).toEqual([])
  clock.advance(1)
  expect(log).toEqual(['early'])
  clock.advance(200)
  expect(log).toEqual(['early', 'middle', 'late'])
  expect(deadlines.size).toBe(0)
})

test('a removed deadline never expires, and those behind it still do', () => {
  const clock = createManualClock()
  const deadlines = createDeadlines(clock, 1)
  const log: string[] = []
  const removed = deadlineAt(100, log, 'removed')
  deadlines.add(removed)
  deadlines.add(deadlineAt(150, log, 'kept'))
  deadlines.remove(removed)
  clock.advance(1_000)
  expect(log).toEqual(['kept'])
})

test('a deadline may add itself again for a second phase', () => {
  const clock = createManualClock()
  const deadlines = createDeadlines(clock, 1)
  const dueTimes: number[] = []
  const twice = {
    dueMs: 50,
    expire() {
      dueTimes.push(clock.elapsedMs())
      if (dueTimes.length > 1) return
      this.dueMs = 120
      deadlines.add(this)
    },
  }
  deadlines.add(twice)
  clock.advance(500)
  expect(dueTimes).toEqual([50, 120])
})

test('one that removes another while expiring is obeyed', () => {
  const clock = createManualClock()
  const deadlines = createDeadlines(clock, 1)
  const log: string[] = []
  const second = deadlineAt(10, log, 'second')
  deadlines.add({ dueMs: 10, expire: () => deadlines.remove(second) })
  deadlines.add(second)
  clock.advance(100)
  expect(log).toEqual([])
})

test('a thousand deadlines cost one timer', () => {
  let timers = 0
  const manual = createManualClock()
  const clock = {
    ...manual,
    after(delayMs: number, action: () => void) {
      timers += 1
      return manual.after(delayMs, action)
    },
  }
  const deadlines = createDeadlines(clock, 20)
  for (let index = 0; index < 1_000; index += 1) {
    const deadline = deadlineAt(1_000 + index, [], '')
    deadlines.add(deadline)
    deadlines.remove(deadline)
  }
  expect(timers).toBe(1)
})
