import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  RAW_STREAM,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { PAIRS, type Pair } from '../modes.ts'
import { hear, type Heard } from '../wire/hear.ts'
import { readAnswer, send, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

const WORDS = Array.from({ length: 20 }, (_, index) => `word${index} `)
const CALLERS = 16

const framesOf = ({ wire }: Heard): readonly string[] => {
  const { start, words } = wire.stream(WORDS, { input: 9, output: 0 })
  return [...start, ...words]
}

/** Ways of breaking off, by the name of the model. */
const CUTS = ['reset', 'end'] as const
/** Said and broken off in the same instant: how much of it arrives is the runtime's affair. */
const AT_ONCE = 'reset-at-once'

/** Says half a story, one frame at a time, and breaks off. */
async function breakOff(call: RawCall): Promise<void> {
  const heard = hear(call)
  call.write(RAW_STREAM)
  for (const frame of framesOf(heard)) {
    call.chunk(frame)
    if (heard.model !== AT_ONCE) await call.wait(1)
  }
  if (heard.model === AT_ONCE) return call.reset()
  // All streams share one thread with this script; every one of them has its turn before the cut.
  await call.wait(100)
  call[heard.model === 'end' ? 'end' : 'reset']()
}

const nameOf = ({ dialect, spoken }: Pair, model: string): string => `${dialect}-${spoken}-${model}`

let upstream: RawUpstream
let house: House
beforeAll(async () => {
  upstream = await openRawUpstream(breakOff)
  house = await openHouse({
    // One of its own for everybody, because those that break off rest.
    providers: () =>
      Object.fromEntries(
        PAIRS.flatMap((pair) =>
          [...CUTS, AT_ONCE].map((model) => [
            nameOf(pair, model),
            providerEntry(upstream.url, { dialects: [pair.spoken] }),
          ]),
        ),
      ),
  })
})
afterAll(async () => {
  await house.close()
  await upstream.close()
})

async function askAll(pair: Pair, cut: string, patienceMs: number): Promise<Answer[]> {
  const model = `${nameOf(pair, cut)}/${cut}`
  const question = { dialect: pair.dialect, mode: 'stream', model, key: house.key() } as const
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    const response = await send(house.url, question)
    if (caller % 2 === 0) await new Promise((resolve) => setTimeout(resolve, patienceMs))
    return readAnswer(response, question)
  })
  return Promise.all(callers)
}

describe.each(PAIRS)('a $dialect stream from $spoken ($lane)', (pair) => {
  test.each(CUTS)(
    'that breaks off by %s reaches its client as far as it came, also one that reads late, and then the error',
    async (cut) => {
      const answers = await askAll(pair, cut, 200)
      expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([WORDS.join('')]))
      for (const { complete, error } of answers) {
        expect(complete).toBe(false)
        expect(error).toBeDefined()
      }
    },
  )

  test('that is reset behind words that came at once is never told as whole, and charged for as much as its client got', async () => {
    for (const { headers, text, complete, error, status, ends } of await askAll(pair, AT_ONCE, 0)) {
      expect({ complete, status }).toEqual({ complete: false, status: text === '' ? 502 : 200 })
      expect(error).toBeDefined()
      expect(ends).toBe(1)
      expect(WORDS.join('').startsWith(text)).toBe(true)
      const row = await house.rowOf(headers.get('x-request-id') ?? '')
      expect(row.outcome).toBeOneOf(['stream-truncated', 'connection-reset'])
      expect(row.outputTokens).toBeGreaterThanOrEqual(text.split(' ').length - 1)
    }
  })
})

test('and every attempt has its row, which charges what was read', async () => {
  const { ledger } = await house.close()
  expect(ledger).toHaveLength(upstream.calls.length)
  for (const { usage } of ledger) expect(usage.inputTokens).toBeGreaterThan(0)
})
