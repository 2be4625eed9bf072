import { expect, test } from 'bun:test'
import type { Credential } from '../exchange/target.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { Secret } from '../kit/secret.ts'
import { LoadBoard } from './loads.ts'

const plain: Credential = { id: 'one/main', secret: new Secret('s'), weight: 1 }
const limited: Credential = {
  ...plain,
  id: 'one/limited',
  limits: [
    { counts: 'requests', limit: 10, left: 10 },
    { counts: 'tokens', limit: 10_000, left: 10_000 },
  ],
}

function createWorld() {
  const clock = createManualClock()
  const board = new LoadBoard(clock)
  const begin = (credential = plain, inputTokens = 100, target = 'one/a') =>
    board.begin({ target, credential, route: 'r', inputTokens })
  return { clock, board, begin, of: (target = 'one/a') => board.of(target) }
}

test('nothing is known of a provider that tells no limits', () => {
  const { begin, of, board } = createWorld()
  begin()
  expect(of()).not.toHaveProperty('headroom')
  expect(board.room('one/a', 'one/main', 100)).toBeUndefined()
})

test('what a provider tells counts, less what was sent since, and comes back until its reset', () => {
  const { begin, clock, of } = createWorld()
  begin().tell([
    { counts: 'requests', limit: 100, left: 20, resetMs: 8_000 },
    { counts: 'tokens', limit: 10_000, left: 9_000, resetMs: 1_000 },
  ])
  expect(of()).toMatchObject({ headroom: 0.2, tokensLeft: 9_000 })
  for (let call = 0; call < 10; call += 1) begin()
  expect(of()).toMatchObject({ headroom: 0.1, tokensLeft: 8_000 })
  clock.advance(4_000)
  expect(of()).toMatchObject({ headroom: 0.5, tokensLeft: 10_000 })
  clock.advance(60_000)
  expect(of().headroom).toBe(1)
})

test('what the operator set is counted here, for all models together, tokens of answers too', () => {
  const { begin, board, clock, of } = createWorld()
  begin(limited, 1_000).end(false, {
    proof: 'well',
    counts: { inputTokens: 1_500, outputTokens: 2_500, cachedTokens: 0 },
  })
  expect(of()).toMatchObject({ headroom: 0.6, tokensLeft: 6_000 })
  for (let call = 0; call < 8; call += 1) begin(limited, 0, 'one/b')
  expect(of()).toMatchObject({ headroom: 0.1, tokensLeft: 6_000 })
  expect(board.room('one/a', 'one/limited', 6_001)).toBe(0)
  begin(limited, 0)
  expect(of().headroom).toBe(0)
  clock.advance(30_000)
  expect(of().headroom).toBe(0.5)
})

test('a target has the room of the credential that has the most', () => {
  const { begin, of } = createWorld()
  begin().tell([{ counts: 'requests', limit: 100, left: 5 }])
  begin({ ...plain, id: 'one/second' }).tell([{ counts: 'requests', limit: 100, left: 70 }])
  expect(of().headroom).toBe(0.7)
})
