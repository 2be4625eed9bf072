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

const NO_ROOMS: CredentialPick['rooms'] = { room: () => undefined }

function pick(
  changes: Pick<CredentialPick, 'target' | 'health' | 'spent'> &
    Partial<Pick<CredentialPick, 'lastResort' | 'rooms' | 'tokens'>>,
) {
  return pickCredential({
    random,
    rooms: NO_ROOMS,
    tokens: 100,
    caller: 'ada',
    lastResort: false,
    ...changes,
  })
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

  test('by what is left of its limits, and by weight alone where nothing is left of any', () => {
    const share = (rooms: Readonly<Record<string, number>>): number => {
      let heavy = 0
      for (let round = 0; round < 400; round += 1) {
        const view = { room: (_target: string, id: string) => rooms[id] }
        if (pick({ target, health, spent: NONE, rooms: view })?.id === 'one/x') heavy += 1
      }
      return heavy / 400
    }
    expect(share({ 'one/x': 0 })).toBe(0)
    expect(share({ 'one/x': 0.1, 'one/y': 0.9 })).toBeCloseTo(0.25, 1)
    expect(share({ 'one/x': 0, 'one/y': 0 })).toBeCloseTo(0.75, 1)
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
