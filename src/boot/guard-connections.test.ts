import { afterEach, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createRecordingTelemetry } from '../policies/samples.fixture.ts'
import { guardConnections, leastFree } from './guard-connections.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function setUp() {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const did: string[] = []
  let free = 100
  let isPortTaken = false
  const release = guardConnections({
    descriptors: { most: 200, free: () => free },
    spare: { release: () => void did.push('release'), refill: () => void did.push('refill') },
    least: 32,
    listener: {
      shut: () => void did.push('shut'),
      reopen() {
        if (isPortTaken) throw new Error('taken')
        did.push('reopen')
      },
    },
    clock,
    telemetry,
  })
  stops.push(release)
  did.length = 0
  const look = (nowFree: number): string[] => {
    free = nowFree
    clock.advance(250)
    return did.splice(0)
  }
  return { telemetry, look, takePort: (taken: boolean) => (isPortTaken = taken) }
}

test('where descriptors run short the listener is shut before the reserve is let go, and it is said once', () => {
  const { telemetry, look } = setUp()
  expect(look(32)).toEqual([])
  expect(look(31)).toEqual(['shut', 'release'])
  expect(look(0)).toEqual([])
  look(100)
  look(0)
  expect(telemetry.lines).toHaveLength(1)
})

test('the listener opens again when there is room for a while', () => {
  const { look } = setUp()
  look(0)
  expect(look(40)).toEqual([])
  expect(look(65)).toEqual(['reopen', 'refill'])
  expect(look(31)).toEqual(['shut', 'release'])
})

test('a port that somebody else took meanwhile is tried again', () => {
  const { look, takePort } = setUp()
  look(0)
  takePort(true)
  expect(look(100)).toEqual([])
  takePort(false)
  expect(look(100)).toEqual(['reopen', 'refill'])
})

test('what is kept from connections grows with what there is, and is never most of it', () => {
  const of = (most: number | undefined, free: number): number => leastFree({ most, free: () => free })
  expect(of(200, 160)).toBe(32)
  expect(of(20_000, 19_960)).toBe(1_250)
  expect(of(64, 28)).toBe(7)
  expect(of(undefined, Infinity)).toBe(32)
})
