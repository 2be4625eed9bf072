import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import {
  isObject,
  parseJson,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { CELLS, NEXT, openHouse, type House, type TargetName } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

interface Thought {
  readonly text: string
  /** The provider's proof, where it has one. */
  readonly signature: string | undefined
}

/** The thought in a request or an answer, whichever dialect it is in; Google's clients send it back in the pieces that it came in. */
function thoughtIn(value: Json | undefined): Thought | undefined {
  const pieces = thoughtsIn(value)
  const signature = pieces.findLast((piece) => piece.signature !== undefined)?.signature
  return pieces.length === 0 ? undefined : { text: pieces.map(({ text }) => text).join(''), signature }
}

function thoughtsIn(value: Json | undefined): readonly Thought[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(thoughtsIn)
  if (!isObject(value)) return []
  const thought = asThought(value)
  return thought === undefined ? Object.values(value).flatMap(thoughtsIn) : [thought]
}

function asThought(part: JsonObject): Thought | undefined {
  const text = (key: string): string => readString(part, key) ?? ''
  const proof = (key: string) => ({ signature: readString(part, key) })
  if (part['type'] === 'thinking') return { text: text('thinking'), ...proof('signature') }
  if (part['thought'] === true) return { text: text('text'), ...proof('thoughtSignature') }
  if (part['type'] === 'reasoning') {
    const summary = readObjects(part, 'summary').map((piece) => readString(piece, 'text') ?? '')
    return { text: summary.join(''), ...proof('encrypted_content') }
  }
  const plain = text('reasoning_content')
  return plain === '' ? undefined : { text: plain, signature: undefined }
}

/** What the provider itself says to the request that it got last: the truth that clients are compared with. */
async function thoughtAtProvider(): Promise<Thought> {
  const [path = ''] = house.provider.requests.last()?.path.split('?', 1) ?? []
  const { stream: _stream, stream_options: _options, ...body } = house.lastBody()
  const response = await fetch(house.provider.url + path.replace('streamGenerate', 'generate'), {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_CREDENTIAL}`, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body),
  })
  const thought = thoughtIn(parseJson(await response.text()))
  if (thought === undefined) throw new Error('the provider did not think')
  return thought
}

/** How each provider is told of the wish: of an effort, and of a budget, by clients that say one. */
const WISHES: Readonly<
  Record<TargetName, { read(body: JsonObject): unknown; effort: unknown; budget: unknown }>
> = {
  chat: { read: (body) => body['reasoning_effort'], effort: 'medium', budget: 'low' },
  messages: {
    read: (body) => readObject(body, 'thinking')?.['type'],
    effort: 'adaptive',
    budget: 'enabled',
  },
  responses: { read: (body) => readObject(body, 'reasoning')?.['effort'], effort: 'medium', budget: 'low' },
  google: {
    read: (body) =>
      readObject(readObject(body, 'generationConfig') ?? {}, 'thinkingConfig')?.['thinkingBudget'],
    effort: 8_192,
    budget: 1_024,
  },
}

describe.each([...CELLS])('reasoning: $name', ({ client, target, mode }) => {
  test('is asked for, shown as the provider told it, and its proof comes back to who gave it and to nobody else', async () => {
    const talk = client.open(house, { model: `${target}/reason`, mode, reasoning: true })
    const first = await talk.say('Think about castles.')
    const { read, effort, budget } = WISHES[target]
    expect(read(house.lastBody())).toBe(client.dialect.startsWith('openai-') ? effort : budget)
    const thought = await thoughtAtProvider()
    expect(thought.text.length).toBeGreaterThan(20)
    expect(first.reasoning).toBe(client.reasoning === 'none' ? '' : thought.text)
    if (client.reasoning === 'none') expect(first.usage.reasoning).toBe(24)
    expect(first.text).toContain('This text was made up by the simulated provider.')
    expect(first.finish).toBe(client.finishes.stop)

    const isProven = client.reasoning === 'signed' && target !== 'chat'
    const second = await talk.say('And about moats.')
    expect(second.text).toContain('about moats')
    expect(second.wire.notices).not.toContain('seal.foreign')
    if (isProven) {
      expect(thought.signature?.length).toBeGreaterThan(20)
      expect(thoughtIn(house.lastBody())).toEqual(thought)
    }

    const elsewhere = { model: `${NEXT[target]}/echo`, reasoning: false }
    const third = await talk.say('And about towers.', [], elsewhere)
    expect(third.text).toBe('And about towers.')
    expect(WISHES[NEXT[target]].read(house.lastBody())).toBeUndefined()
    // Chat Completions has no proofs, and its words for reasoning are no matter of the gateway between one such party and another.
    if (NEXT[target] !== 'chat') expect(thoughtIn(house.lastBody())).toBeUndefined()
    expect(JSON.stringify(house.lastBody())).not.toContain(thought.signature ?? 'no proof at all')
    expect(third.wire.notices.includes('seal.foreign')).toBe(isProven)
  })
})
