import { describe, expect, test } from 'bun:test'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import { Failure } from '../exchange/failure.ts'
import { fail, sampleSubject } from './health.fixture.ts'
import { createHealthBoard } from './health.ts'
import { pickCredential, type CredentialPick } from './pick-credential.ts'
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

function pick(changes: Pick<CredentialPick, 'target' | 'health' | 'spent'> & { lastResort?: boolean }) {
  return pickCredential({ random, caller: 'ada', lastResort: false, ...changes })
}

describe('picking a credential', () => {
  const health = createHealthBoard({ clock: createManualClock(), random })

  test('by weight', () => {
    let heavy = 0
    for (let round = 0; round < 4_000; round += 1) {
      if (pick({ target, health, spent: NONE })?.id === 'one/x') heavy += 1
    }
    expect(heavy / 4_000).toBeCloseTo(0.75, 1)
  })

  test('never one that was used up or that rests', () => {
    expect(pick({ target, health, spent: ['one/x'] })?.id).toBe('one/y')
    const limited = createHealthBoard({ clock: createManualClock(), random })
    fail(
      limited,
      sampleSubject({ target: 'one/a', credential: 'one/y' }),
      new Failure('provider-rate-limited'),
    )
    expect(pick({ target, health: limited, spent: NONE })?.id).toBe('one/x')
    expect(pick({ target, health: limited, spent: ['one/x'] })).toBeUndefined()
  })

  test('as a last resort, of those that rest the one whose rest ends first', () => {
    const limited = createHealthBoard({ clock: createManualClock(), random })
    const limit = (credential: string, retryAfterMs: number): void =>
      fail(
        limited,
        sampleSubject({ target: 'one/a', credential }),
        new Failure('provider-rate-limited', { retryAfterMs }),
      )
    limit('one/x', 90_000)
    limit('one/y', 70_000)
    expect(pick({ target, health: limited, spent: NONE })).toBeUndefined()
    expect(pick({ target, health: limited, spent: NONE, lastResort: true })?.id).toBe('one/y')
    expect(pick({ target, health: limited, spent: ['one/y'], lastResort: true })?.id).toBe('one/x')
  })

  test('weights of zero still leave somebody', () => {
    const idle = { ...target, credentials: target.credentials.map((each) => ({ ...each, weight: 0 })) }
    expect(pick({ target: idle, health, spent: NONE })).toBeDefined()
  })

  test('nothing from an empty pool', () => {
    expect(pick({ target: { ...target, credentials: [] }, health, spent: NONE })).toBeUndefined()
  })
})
