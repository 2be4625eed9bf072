import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import type { AttemptResult } from '../../src/exchange/attempt-result.ts'
import type { ContentLayers } from '../../src/gateway/order.ts'
import type { Layer } from '../../src/policies/policy.ts'
import { countWords, shout, shoutBack, shoutLate, wordsIn, type WordCount } from '../content-layers.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { ask, type Answer } from './asking.ts'

/*
 * Whoever reads what is said sees all of it, and nothing passes by whoever rewrites it (law 18): in every client dialect, towards
 * every target dialect, on every way that a request can take, streamed or not.
 */

/** Ways to a target: bytes pass both ways; the request is written anew and the answer's bytes pass; nothing passes. */
const WAYS = { passed: '', written: 'drop_params: [seed]', repaired: 'conformant: false' } as const
type Way = keyof typeof WAYS

interface Cell {
  readonly name: string
  readonly dialect: ClientDialect
  readonly target: ClientDialect
  readonly way: Way
  readonly mode: Mode
}

const CELLS: readonly Cell[] = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.flatMap((target) =>
    (Object.keys(WAYS) as Way[]).flatMap((way) =>
      MODES.map((mode) => ({ name: `${dialect} → ${target}, ${way}, ${mode}`, dialect, target, way, mode })),
    ),
  ),
)

const QUESTION = 'why is the sky blue and not green?'

interface House {
  readonly gateway: RunningGateway
  readonly provider: SimulatedProvider
  ask(cell: Cell, model: string): Promise<Answer>
  close(): Promise<void>
}

async function openHouse(...layers: Layer[]): Promise<House> {
  const provider = await openTestProvider(DIALECTS)
  const providers = CLIENT_DIALECTS.flatMap((dialect) =>
    Object.entries(WAYS).map(
      ([way, quirks]) =>
        `  ${dialect}-${way}: { type: sim, base_url: "${provider.url}${WIRES[dialect].basePath}", key: env:KEY, dialects: [${dialect}], quirks: { ${quirks} } }`,
    ),
  )
  const contentLayers: ContentLayers = () => layers
  const gateway = await openRunningGateway({
    config: ['providers:', ...providers].join('\n'),
    environment: { KEY: TEST_CREDENTIAL },
    contentLayers,
  })
  return {
    gateway,
    provider,
    ask: ({ dialect, target, way, mode }, model) =>
      ask(gateway.url, {
        dialect,
        mode,
        model: `${target}-${way}/${model}`,
        key: gateway.key,
        text: QUESTION,
        maxTokens: 512,
      }),
    async close() {
      await gateway.close()
      await provider.close()
    },
  }
}

function lastBody({ provider }: House): string {
  return new TextDecoder().decode(provider.requests.last()?.body)
}

describe('a layer that rewrites every text', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse(shout)
  })
  afterAll(() => house.close())

  test.each([...CELLS])('has the provider read what it wrote, and the client: $name', async (cell) => {
    const answer = await house.ask(cell, 'echo')
    expect(answer).toMatchObject({ status: 200, complete: true, text: QUESTION.toUpperCase() })
    expect(lastBody(house)).toContain(QUESTION.toUpperCase())
    expect(lastBody(house)).not.toContain(QUESTION)
  })
})

describe('a layer that rewrites every text of the answer', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse(shoutBack)
  })
  afterAll(() => house.close())

  test.each([...CELLS])('has its words reach the client, and no others: $name', async (cell) => {
    const answer = await house.ask(cell, 'smart')
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.text).toMatch(/[A-Z]/)
    expect(answer.text).toBe(answer.text.toUpperCase())
    expect(lastBody(house)).toContain(QUESTION)
  })
})

describe('a layer that reads every text', () => {
  let house: House
  const counts: WordCount[] = []
  beforeAll(async () => {
    house = await openHouse(countWords((count) => void counts.push(count)))
  })
  afterAll(() => house.close())

  test.each([...CELLS])('misses no word, while bytes that may pass do: $name', async (cell) => {
    const answer = await house.ask(cell, 'smart')
    expect(answer).toMatchObject({ status: 200, complete: true })
    const count = counts.at(-1)
    expect(count).toMatchObject({ asked: wordsIn(QUESTION), answered: wordsIn(answer.text), unread: 0 })
    const [attempt]: readonly AttemptResult[] = count?.exchange.trail.attempts ?? []
    const mayPass = cell.dialect === cell.target && cell.way !== 'repaired'
    expect(attempt?.lane).toBe(mayPass ? 'native' : 'translated')
  })

  test('reads the envelope of the request when it wants to', async () => {
    await ask(house.gateway.url, {
      dialect: 'anthropic-messages',
      mode: 'unary',
      model: 'openai-chat-passed/echo',
      key: house.gateway.key,
      headers: { 'x-team': 'search', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    })
    const { exchange, address } = counts.at(-1) ?? {}
    const envelope = exchange?.envelope
    expect(envelope?.header('X-Team')).toBe('search')
    expect(envelope?.header('x-nobody')).toBeUndefined()
    expect(envelope?.traceparent).toStartWith('00-0af7651916cd43dd')
    expect(envelope?.path).toBe('/v1/messages')
    expect(address).toMatch(/127\.0\.0\.1|::1/)
  })
})

describe('a layer that says too late that it rewrites', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse(shoutLate)
  })
  afterAll(() => house.close())

  const passing = CELLS.filter(({ dialect, target, way }) => dialect === target && way !== 'repaired')
  test.each(passing)('is passed by nothing: the client gets an error and not a word: $name', async (cell) => {
    const answer = await house.ask(cell, 'echo')
    expect(answer).toMatchObject({ complete: false, text: '' })
    expect(answer.error).toBeDefined()
    expect(answer.wire).not.toContain('sky')
  })
})
