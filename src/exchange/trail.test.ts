import { describe, expect, test } from 'bun:test'
import { Failure } from './failure.ts'
import { Trail } from './trail.ts'

describe('the time spent waiting for providers', () => {
  test('is the sum of waits that follow one another', () => {
    const trail = new Trail()
    trail.beginWait(0)
    trail.endWait(40)
    trail.beginWait(100)
    trail.endWait(110)
    expect(trail.upstreamMs(500)).toBe(50)
  })

  test('counts once what several waits share', () => {
    const trail = new Trail()
    trail.beginWait(0)
    trail.beginWait(60)
    trail.endWait(100)
    trail.endWait(130)
    expect(trail.upstreamMs(500)).toBe(130)
  })

  test('holds a wait that is not over', () => {
    const trail = new Trail()
    trail.beginWait(10)
    expect(trail.upstreamMs(25)).toBe(15)
    trail.endWait(30)
    expect(trail.upstreamMs(90)).toBe(20)
  })
})

test('the end of an exchange is told when all of it is over, also what goes on without its client', () => {
  const trail = new Trail()
  const told: unknown[] = []
  trail.onEnd({ onEnd: (failure) => void told.push(failure?.code) })
  const [one, two] = [trail.goOn(), trail.goOn()]
  trail.end(new Failure('client-gone'))
  one()
  expect(told).toEqual([])
  expect(trail.endedBy?.code).toBe('client-gone')
  two()
  expect(told).toEqual(['client-gone'])
})
