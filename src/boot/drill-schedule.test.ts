import { expect, test } from 'bun:test'
import type { Drill } from '../exchange/drill.ts'
import { parseSchedule } from '../kit/cron.ts'
import { defined } from '../kit/defined.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createRecordingTelemetry } from '../policies/samples.fixture.ts'
import { followDrills, type DrillVerdict } from './drill-schedule.ts'

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

function drillAt(name: string, cron?: string): Drill {
  const schedule = cron === undefined ? undefined : parseSchedule(cron)
  return {
    name,
    ...defined({ schedule }),
    routes: 'all',
    faults: [],
    traffic: 'invented',
    requests: 1,
    stream: 'mixed',
    expect: {},
  }
}

function open(drills: readonly Drill[]) {
  const clock = createManualClock(Date.UTC(2026, 0, 5, 8, 59, 30))
  const telemetry = createRecordingTelemetry()
  const started: { readonly name: string; readonly end: PromiseWithResolvers<DrillVerdict> }[] = []
  const following = followDrills({
    drills: () => drills,
    clock,
    telemetry,
    run(name) {
      const end = Promise.withResolvers<DrillVerdict>()
      started.push({ name, end })
      return end.promise
    },
  })
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    await settle()
  }
  return { clock, telemetry, started, following, pass }
}

test('a drill that is asked for runs once, behind those that run, and is told of', async () => {
  const { started, following, pass } = open([drillAt('one'), drillAt('two')])
  expect(following.stateOf('one')).toBe('idle')
  expect(following.ask('one')).toBe('running')
  expect(following.ask('two')).toBe('waiting')
  expect(following.ask('one')).toBe('running')
  expect(following.ask('two')).toBe('waiting')
  expect(following.stateOf('two')).toBe('waiting')
  started[0]?.end.resolve({ passed: true, broken: [] })
  await pass(0)
  expect(following.stateOf('one')).toBe('idle')
  expect(following.stateOf('two')).toBe('running')
  started[1]?.end.reject(new Error('no room'))
  await pass(0)
  expect(started.map(({ name }) => name)).toEqual(['one', 'two'])
  expect(following.ask('one')).toBe('running')
  following.close()
  expect(following.ask('two')).toBeUndefined()
})

test('a gateway that runs no drills says so', () => {
  const { clock, telemetry } = open([])
  const following = followDrills({ drills: () => [], clock, telemetry })
  expect(following.ask('one')).toBeUndefined()
  expect(following.stateOf('one')).toBe('idle')
})

test('drills run when they are due, one after the other, and never twice at once', async () => {
  const { started, following, pass } = open([
    drillAt('monday', '0 9 * * 1'),
    drillAt('always', '* * * * *'),
    drillAt('asked'),
  ])
  await pass(29_000)
  expect(started).toEqual([])
  await pass(1_000)
  await pass(180_000)
  expect(started.map(({ name }) => name)).toEqual(['monday'])
  started[0]?.end.resolve({ passed: true, broken: [] })
  await settle()
  expect(started.map(({ name }) => name)).toEqual(['monday', 'always'])
  following.close()
  started[1]?.end.resolve({ passed: true, broken: [] })
  await pass(3_600_000)
  expect(started).toHaveLength(2)
})

test('what comes of it is counted and logged, and one that cannot be run does not end the others', async () => {
  const { telemetry, started, pass } = open([drillAt('always', '* * * * *')])
  const ends: ((end: PromiseWithResolvers<DrillVerdict>) => void)[] = [
    (end) => end.resolve({ passed: true, broken: [] }),
    (end) => end.resolve({ passed: false, broken: ['support: success 0%'] }),
    (end) => end.reject(new Error('no memory')),
  ]
  for (const [index, end] of ends.entries()) {
    await pass(60_000)
    const running = started[index]?.end
    if (running !== undefined) end(running)
    await settle()
  }
  expect([...telemetry.counts]).toEqual([
    ['gatehouse_drills_total{drill=always,outcome=passed}', 1],
    ['gatehouse_drills_total{drill=always,outcome=failed}', 1],
    ['gatehouse_drills_total{drill=always,outcome=error}', 1],
  ])
  expect(telemetry.lines).toEqual([
    'info: a drill passed',
    'warn: a drill failed; see: gatehouse drill report',
    'warn: a drill could not be run',
  ])
})

test('what was due while the machine slept is not made up for', async () => {
  const { clock, started, pass } = open([drillAt('monday', '0 9 * * 1')])
  const { nowMs } = clock
  clock.nowMs = () => nowMs() + 86_400_000
  await pass(60_000)
  expect(started).toEqual([])
})
