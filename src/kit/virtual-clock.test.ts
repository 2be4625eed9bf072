import { expect, test } from 'bun:test'
import { createVirtualClock, TimeRanOut } from './virtual-clock.ts'

test('time passes from timer to timer, and only for what is waited for', async () => {
  const clock = createVirtualClock(1_000)
  const met: number[] = []
  const wait = (ms: number): Promise<void> => new Promise((resolve) => clock.after(ms, resolve))
  clock.after(90_000, () => void met.push(-1))
  const cancelled = clock.after(10, () => void met.push(-2))
  cancelled.cancel()
  const work = Promise.all(
    [50, 20, 60_000].map(async (ms) => {
      await wait(ms)
      met.push(clock.elapsedMs())
      await new Promise<void>((resolve) => clock.afterTurn(resolve))
    }),
  )
  await clock.run(work, 120_000)
  expect(met).toEqual([20, 50, 60_000])
  expect(clock.nowMs()).toBe(61_000)
})

test('work that does not end in its time, or waits for no timer, is given up', async () => {
  const clock = createVirtualClock(0)
  expect(clock.run(new Promise(() => {}), 1_000)).rejects.toBeInstanceOf(TimeRanOut)
  const late = new Promise<void>((resolve) => clock.after(2_000, resolve))
  expect(clock.run(late, 1_000)).rejects.toBeInstanceOf(TimeRanOut)
  expect(clock.run(Promise.reject(new Error('broken')), 1_000)).rejects.toThrow('broken')
})
