import { expect, test } from 'bun:test'
import { LIMITS } from '../../kit/limits.ts'
import { sampleTarget } from '../../routing/samples.fixture.ts'
import { createWritingSpeeds } from './writing-speeds.ts'

const TARGET = sampleTarget('one/a')

test('a target writes as it was measured, the newest answers counting more', () => {
  const speeds = createWritingSpeeds()
  const unmeasured = speeds.of(TARGET)
  expect(unmeasured).toBeGreaterThan(0)
  speeds.learn(TARGET, 400, 10_000)
  expect(speeds.of(TARGET)).toBe(40)
  speeds.learn(TARGET, 900, 10_000)
  expect(speeds.of(TARGET)).toBe(50)
  expect(speeds.of(sampleTarget('one/b'))).toBe(unmeasured)
})

test('short answers teach nothing: they were mostly waited for', () => {
  const speeds = createWritingSpeeds()
  const unmeasured = speeds.of(TARGET)
  speeds.learn(TARGET, 20, 10_000)
  speeds.learn(TARGET, 2_000, 500)
  expect(speeds.of(TARGET)).toBe(unmeasured)
})

test('no more targets are remembered than the limit says', () => {
  const speeds = createWritingSpeeds()
  const unmeasured = speeds.of(TARGET)
  speeds.learn(TARGET, 400, 10_000)
  for (let index = 0; index < LIMITS.measuredSpeeds; index += 1) {
    speeds.learn(sampleTarget(`one/${index}`), 400, 10_000)
  }
  expect(speeds.of(TARGET)).toBe(unmeasured)
})
