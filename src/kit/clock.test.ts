import { describe, expect, test } from 'bun:test'
import { systemClock } from './clock.ts'
import { createManualClock } from './manual-clock.fixture.ts'

describe('the manual clock', () => {
  test('stands still until it is moved, wall and monotonic time alike', () => {
    const clock = createManualClock(1_000)
    expect([clock.nowMs(), clock.elapsedMs()]).toEqual([1_000, 0])
    clock.advance(250)
    expect([clock.nowMs(), clock.elapsedMs()]).toEqual([1_250, 250])
  })

  test('runs timers in the order in which they fall due, at their own time', () => {
    const clock = createManualClock(0)
    const log: [string, number][] = []
    const note = (name: string) => () => void log.push([name, clock.nowMs()])
    clock.after(30, note('c'))
    clock.after(10, note('a'))
    clock.after(20, note('b'))
    clock.after(99, note('never'))
    clock.advance(50)
    expect(log).toEqual([
      ['a', 10],
      ['b', 20],
      ['c', 30],
    ])
    expect(clock.nowMs()).toBe(50)
  })

  test('runs timers of one moment in the order they were set', () => {
    const clock = createManualClock()
    const log: number[] = []
    for (const index of [1, 2, 3]) clock.after(5, () => void log.push(index))
    clock.advance(5)
    expect(log).toEqual([1, 2, 3])
  })

  test('runs timers that timers set, when they fall due in the same move', () => {
    const clock = createManualClock(0)
    const times: number[] = []
    const again = (): void => {
      times.push(clock.nowMs())
      clock.after(10, again)
    }
    clock.after(10, again)
    clock.advance(35)
    expect(times).toEqual([10, 20, 30])
  })

  test('ends its turn when whoever runs waits for something', async () => {
    const clock = createManualClock()
    const log: string[] = []
    clock.afterTurn(() => log.push('over'))
    log.push('under way')
    await Promise.resolve()
    expect(log).toEqual(['under way', 'over'])
  })

  test('does not run what was cancelled, and forgives cancelling late', () => {
    const clock = createManualClock()
    let ran = 0
    clock.after(10, () => (ran += 1)).cancel()
    const late = clock.after(10, () => (ran += 1))
    clock.advance(10)
    late.cancel()
    expect(ran).toBe(1)
  })
})

describe('the system clock', () => {
  test('agrees with the system and fires its timers', async () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1_000)
    const startedMs = systemClock.elapsedMs()
    await new Promise<void>((resolve) => void systemClock.after(5, resolve))
    expect(systemClock.elapsedMs() - startedMs).toBeGreaterThanOrEqual(4)
  })

  test('ends its turn when all has run that was due', async () => {
    const log: string[] = []
    const over = new Promise<void>((resolve) =>
      systemClock.afterTurn(() => {
        log.push('over')
        resolve()
      }),
    )
    for (let step = 0; step < 100; step += 1) await Promise.resolve()
    log.push('under way')
    await over
    expect(log).toEqual(['under way', 'over'])
  })

  test('has timers that do not keep the process alive, and can be cancelled', async () => {
    const script = `
      import { systemClock } from ${JSON.stringify(`${import.meta.dir}/clock.ts`)}
      systemClock.after(60_000, () => {})
      systemClock.after(0, () => console.log('cancelled timer ran')).cancel()
    `
    const child = Bun.spawn([process.execPath, '-e', script], { stdout: 'pipe' })
    expect(await child.exited).toBe(0)
    expect(await new Response(child.stdout).text()).toBe('')
  })
})
