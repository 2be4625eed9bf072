import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import {
  openRawUpstream,
  rawAnswer,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { play, providerScripts, textOf, type ProviderScript } from '../arbitraries/provider-script.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { hear } from '../wire/hear.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

/** Providers that say anything at all, in any order, and break off anywhere. */

const SCRIPTS = 300
const SEED = 1
const AT_ONCE = 20
/** Of the machine's time; a client that got no end by then gets none. */
const PATIENCE_MS = 120_000
const TOTAL_MS = 10_000
/** Two attempts, and what the ticker adds. */
const LONGEST_MS = 2 * TOTAL_MS + 5_000

interface Case {
  readonly script: ProviderScript
  readonly spoken: ClientDialect
  readonly dialect: ClientDialect
  readonly mode: Mode
  /** Is there another target behind the one that plays the script? */
  readonly hasFallback: boolean
}

const CASES: readonly Case[] = fc.sample(
  fc.record({
    script: providerScripts,
    spoken: fc.constantFrom(...CLIENT_DIALECTS),
    dialect: fc.constantFrom(...CLIENT_DIALECTS),
    mode: fc.constantFrom(...MODES),
    hasFallback: fc.boolean(),
  }),
  { numRuns: SCRIPTS, seed: SEED },
)

const FALLBACK = JSON.stringify({
  choices: [{ index: 0, message: { role: 'assistant', content: 'fallback' }, finish_reason: 'stop' }],
})

const clock = createTickingClock(50)
let upstream: RawUpstream
let elsewhere: RawUpstream
let house: House
const attempts: string[] = []
const unhandled: unknown[] = []
const note = (reason: unknown): void => void unhandled.push(reason)

async function answer(call: RawCall): Promise<void> {
  attempts.push(hear(call).attempt)
  const one = CASES[Number(hear(call).model.slice(1))]
  if (one === undefined) return call.write(rawAnswer(FALLBACK, { 'content-type': 'application/json' }))
  await play(call, one.script, {
    spoken: one.spoken,
    elsewhere: elsewhere.url,
    async pass(raw, ms) {
      const untilMs = clock.elapsedMs() + ms
      while (clock.elapsedMs() < untilMs && (await raw.wait(5)));
    },
  })
}

beforeAll(async () => {
  process.on('unhandledRejection', note)
  elsewhere = await openRawUpstream((call) => call.write(rawAnswer('{}')))
  upstream = await openRawUpstream(answer)
  house = await openHouse({
    clock,
    config: {
      routes: Object.fromEntries(
        CASES.map(({ hasFallback }, index) => [
          `r${index}`,
          [`p${index}/m${index}`, ...(hasFallback ? ['good/fallback'] : [])],
        ]),
      ),
    },
    providers: () => ({
      good: providerEntry(upstream.url, { dialects: ['openai-chat'] }),
      ...Object.fromEntries(
        CASES.map(({ spoken }, index) => [
          `p${index}`,
          providerEntry(upstream.url, {
            dialects: [spoken],
            timeout: { connect: '2s', first_token: '2s', idle: '2s', total: '10s' },
          }),
        ]),
      ),
    }),
  })
  clock.start()
})
afterAll(async () => {
  process.off('unhandledRejection', note)
  await house.close()
  clock.stop()
  await upstream.close()
  await elsewhere.close()
})

/** What is wrong with an answer; undefined: it is whole and says what the provider said, or it is exactly one honest error. */
function wrongIn(
  { status, ends, complete, error, text, headers }: Answer,
  { script, spoken, hasFallback }: Case,
): string | undefined {
  if (hasFallback && status !== 200) return `refused with ${status} although there is a fallback`
  if (status !== 200)
    return typeof error?.['message'] === 'string' ? undefined : 'no error in the dialect of the client'
  if (complete === (error !== undefined)) return complete ? 'both an end and an error' : 'silence'
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  if (isStream && ends !== 1) return 'an end that is told more than once'
  const isFallback = hasFallback && text === 'fallback'
  return isFallback || isAsSaid(text, complete, textOf(script, spoken))
    ? undefined
    : `words that were not said: ${text}`
}

function isAsSaid(text: string, isComplete: boolean, said: ReturnType<typeof textOf>): boolean {
  if (said === undefined) return true
  return said.all.startsWith(text) && (!isComplete || text.startsWith(said.least))
}

let complete = 0

/** Asks as the case says. Gives what was wrong, if anything was. */
async function meet(one: Case, index: number): Promise<string | undefined> {
  const { dialect, mode } = one
  const question = { dialect, mode, model: `r${index}`, key: house.key() }
  const beganMs = clock.elapsedMs()
  try {
    const told = await ask(house.url, { ...question, signal: AbortSignal.timeout(PATIENCE_MS) })
    const tookMs = clock.elapsedMs() - beganMs
    if (told.complete) complete += 1
    const wrong = wrongIn(told, one) ?? (tookMs > LONGEST_MS ? `it took ${tookMs} ms` : undefined)
    return wrong === undefined ? undefined : `${wrong}: ${JSON.stringify(one)} → ${told.wire.slice(-400)}`
  } catch (thrown) {
    return `${String(thrown)}: ${JSON.stringify(one)}`
  }
}

test('whatever a provider says, its client gets a whole answer or exactly one error, within the bounds', async () => {
  const wrong: string[] = []
  for (let start = 0; start < CASES.length; start += AT_ONCE) {
    const met = CASES.slice(start, start + AT_ONCE).map((one, offset) => meet(one, start + offset))
    for (const found of await Promise.all(met)) if (found !== undefined) wrong.push(found)
  }
  expect(wrong).toEqual([])
  expect(complete).toBeGreaterThan(CASES.length / 2)
  expect(complete).toBeLessThan(CASES.length)
})

test('and nothing of it is left: no rejection that nobody handles, no credential elsewhere, no request under way', async () => {
  expect(unhandled).toEqual([])
  expect(elsewhere.calls).toEqual([])
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  expect(metrics).toMatch(/^gatehouse_requests_in_flight 0$/m)
})

test('and every attempt has exactly one row', async () => {
  const { ledger } = await house.close()
  expect(ledger.map(({ id }) => id).toSorted()).toEqual(attempts.toSorted())
})
