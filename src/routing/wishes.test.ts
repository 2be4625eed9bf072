import { expect, test } from 'bun:test'
import { NO_FEATURES } from '../exchange/features.ts'
import { NO_LOADS, type LoadView } from '../exchange/load-view.ts'
import { sampleTarget } from './samples.fixture.ts'
import { refuseByWishes, tellCost } from './wishes.ts'

const target = sampleTarget('one/a')
const seen = (ms: number): LoadView => ({ ...NO_LOADS, firstTokenQuantileMs: () => ms })

test('a target that is known to begin late is not as wished; one that nobody has measured may be', () => {
  const ask = (load: LoadView) => refuseByWishes(target, { maxTtftMs: 500 }, { load, features: NO_FEATURES })
  expect(ask(seen(501))).toEqual({
    reason: 'above-max-ttft',
    detail: 'begins later than the 500 ms that are allowed',
  })
  expect(ask(seen(500))).toBeUndefined()
  expect(ask(NO_LOADS)).toBeUndefined()
})

test('a target without a price is never cheap enough', () => {
  const cost = { maxNanoUsd: 1n, mostOf: () => undefined }
  expect(refuseByWishes(target, { cost }, { load: NO_LOADS, features: NO_FEATURES })).toMatchObject({
    reason: 'above-max-cost',
  })
  expect(tellCost({ cost }, target)).toBe('has no price')
})

test('a model that is not good enough is not as wished, and neither is one of which nobody has said how good it is', () => {
  const ask = (quality?: number) =>
    refuseByWishes(
      sampleTarget('one/a', quality === undefined ? {} : { capabilities: { quality } }),
      { minQuality: 0.8 },
      { load: NO_LOADS, features: NO_FEATURES },
    )
  expect(ask(0.8)).toBeUndefined()
  expect(ask(0.79)).toEqual({
    reason: 'below-min-quality',
    detail: 'below the quality of 0.8 that is wished',
  })
  expect(ask()).toEqual({
    reason: 'below-min-quality',
    detail: 'its quality is not known, and 0.8 is wished',
  })
})
