import { afterAll, describe, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../kit/clock.ts'
import { openStore } from '../store/open-store.ts'
import { toShadowText } from '../store/shadow-text.ts'
import { createWorkplaces, run } from './command-line.fixture.ts'

const { workplace, close } = createWorkplaces()
afterAll(close)

describe('shadows', () => {
  const kept = async (): Promise<string> => {
    const directory = workplace()
    mkdirSync(join(directory, '.gatehouse'))
    const store = await openStore({
      url: `sqlite:${join(directory, '.gatehouse', 'gatehouse.db')}`,
      clock: systemClock,
    })
    const row = { atMs: Date.now(), route: 'support', shadow: 'cheap', shown: 'a/large', durationMs: 400 }
    const money = { simulated: false, shadowSimulated: false, costNanoUsd: 2_000_000n }
    await store.shadows.append(
      [
        {
          requestId: 'req_1',
          ...row,
          ...money,
          target: 'b/small',
          outcome: 'compared',
          shadowMs: 90,
          agrees: true,
        },
        { requestId: 'req_2', ...row, ...money, outcome: 'provider-error', shadowMs: 10 },
      ].map((one) => toShadowText({ ...one, shadowCostNanoUsd: 500_000n })),
    )
    await store.close()
    return directory
  }

  test('are reported by route, and listed one by one', async () => {
    const directory = await kept()
    const { out } = await run(directory, ['shadow', 'report', 'support'])
    expect(out).toContain('100.0 % of 1')
    expect(out).toContain('1 provider-error')
    expect(out).toContain('$0.002000 → $0.000500')
    expect(out).toContain('400 → 90 ms')
    expect((await run(directory, ['shadow', 'list', '-n', '1'])).out).toMatch(/req_[12]/)
    expect((await run(directory, ['shadow', 'report', 'sales'])).err).toContain('No shadow was asked')
    expect((await run(directory, ['shadow', 'report', '--until', '1d'])).err).toContain('No shadow was asked')
    expect((await run(directory, ['shadow', '--json'])).out).toContain('"failures":{"provider-error":1}')
  })

  test('are asked for by the nearest word, and in bounds', async () => {
    const directory = await kept()
    expect((await run(directory, ['shadow', 'reprot'])).err).toContain('Did you mean "shadow report"?')
    expect((await run(directory, ['shadow', 'list', '-n', '0'])).exitCode).toBe(2)
    expect((await run(directory, ['shadow', 'report', '--since', 'soon'])).exitCode).toBe(2)
  })
})
