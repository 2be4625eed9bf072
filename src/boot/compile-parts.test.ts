import { describe, expect, test } from 'bun:test'
import { NO_LETTERS } from '../guardrails/hooks/letter.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { createSeededRandom } from '../kit/random.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import { loadPriceBook } from '../pricing/price-book.ts'
import { gatherCompileParts } from './compile-parts.ts'

const key = mintKey({ environment: 'dev', random: createSeededRandom(1), hmac: () => '' }).text.reveal()

async function foundIn(environment: Readonly<Record<string, string>>): Promise<string[]> {
  const { found } = await gatherCompileParts(
    {
      environment,
      detect: true,
      probe: () => Promise.resolve(undefined),
      ownOrigins: ['http://127.0.0.1:4100'],
    },
    {
      clock: createManualClock(),
      prices: await loadPriceBook(),
      listedFacts: () => ({}),
      hmac: () => '',
      simulator: { port: 1 },
      letters: NO_LETTERS,
    },
  )
  return found.map(({ name }) => name)
}

describe('what `gatehouse env` told the shell', () => {
  test('is no provider: our key would be shown to somebody who does not know it', async () => {
    expect(await foundIn({ OPENAI_API_KEY: key, ANTHROPIC_API_KEY: key })).toEqual(['sim'])
    const looped = { OPENAI_API_KEY: key, OPENAI_BASE_URL: 'http://localhost:4100/v1' }
    expect(await foundIn(looped)).toEqual(['sim'])
  })

  test('is one where it leads to another gateway', async () => {
    const upstream = { OPENAI_API_KEY: key, OPENAI_BASE_URL: 'https://gateway.example/v1' }
    expect(await foundIn(upstream)).toEqual(['openai', 'sim'])
    expect(await foundIn({ OPENAI_API_KEY: 'sk-real' })).toEqual(['openai', 'sim'])
  })
})
