import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { Failure } from '../exchange/failure.ts'
import { createHealthBoard } from './health.ts'
import { pickCredential } from './pick-credential.ts'
import { sampleTarget } from './samples.fixture.ts'

const random = createSeededRandom(7)
const secret = new Secret('s')
const NONE: readonly string[] = []
const target = sampleTarget('one/a', {
  credentials: [
    { id: 'one/x', secret, weight: 3 },
    { id: 'one/y', secret, weight: 1 },
  ],
})

describe('picking a credential', () => {
  const health = createHealthBoard({ clock: createManualClock(), random })

  test('by weight', () => {
    let heavy = 0
    for (let round = 0; round < 4_000; round += 1) {
      if (pickCredential({ target, health, random, spent: NONE })?.id === 'one/x') heavy += 1
    }
    expect(heavy / 4_000).toBeCloseTo(0.75, 1)
  })

  test('never one that was used up or that rests', () => {
    expect(pickCredential({ target, health, random, spent: ['one/x'] })?.id).toBe('one/y')
    const limited = createHealthBoard({ clock: createManualClock(), random })
    limited.fail({ target: 'one/a', credential: 'one/y' }, new Failure('provider-rate-limited'), 'closed')
    expect(pickCredential({ target, health: limited, random, spent: NONE })?.id).toBe('one/x')
    expect(pickCredential({ target, health: limited, random, spent: ['one/x'] })).toBeUndefined()
  })

  test('weights of zero still leave somebody', () => {
    const idle = { ...target, credentials: target.credentials.map((each) => ({ ...each, weight: 0 })) }
    expect(pickCredential({ target: idle, health, random, spent: NONE })).toBeDefined()
  })

  test('nothing from an empty pool', () => {
    expect(
      pickCredential({ target: { ...target, credentials: [] }, health, random, spent: NONE }),
    ).toBeUndefined()
  })
})
