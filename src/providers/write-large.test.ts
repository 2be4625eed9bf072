import { expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { LIMITS } from '../kit/limits.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { writeLarge } from './write-large.ts'

function setUp(body: Uint8Array | string) {
  const clock = createManualClock()
  const client = new AbortController()
  let written: Uint8Array | undefined
  let failure: unknown
  void writeLarge(body, client, clock).then(
    (bytes) => (written = bytes),
    (thrown: unknown) => (failure = thrown),
  )
  /** Gives everybody else a turn. */
  const turn = async (): Promise<void> => {
    clock.advance(0)
    for (let tick = 0; tick < 5; tick += 1) await Promise.resolve()
  }
  return { client, turn, outcome: () => ({ written, failure }) }
}

test('a large body becomes bytes while others have their turns', async () => {
  const text = 'Grüße – 世界 😀 '.repeat(LIMITS.bodyPieceBytes / 2)
  const { turn, outcome } = setUp(text)
  let turns = 0
  for (; outcome().written === undefined && turns < 1_000; turns += 1) await turn()
  expect(turns).toBeGreaterThan(text.length / LIMITS.bodyPieceBytes)
  expect(Buffer.compare(outcome().written ?? Buffer.of(), Buffer.from(text))).toBe(0)
})

test('bytes stay what they are, and wait for one turn', async () => {
  const bytes = new Uint8Array(8)
  const { turn, outcome } = setUp(bytes)
  expect(outcome().written).toBeUndefined()
  await turn()
  expect(outcome().written).toBe(bytes)
})

test('who leaves meanwhile ends it', async () => {
  const { client, turn, outcome } = setUp('x'.repeat(LIMITS.bodyPieceBytes * 4))
  await turn()
  client.abort(new Failure('client-gone'))
  await turn()
  expect(outcome().failure).toMatchObject({ code: 'client-gone' })
})
