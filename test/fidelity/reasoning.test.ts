import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import { parseJson, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { CELLS, openHouse, PAIRS, type House, type TargetName } from './house.ts'

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

/** What the provider itself says to the request that it got last: the truth that clients are compared with. */
async function thoughtAtProvider(): Promise<Thought> {
  const path = house.provider.requests.last()?.path ?? ''
  const response = await fetch(house.provider.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_CREDENTIAL}`, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ ...house.lastBody(), stream: false, stream_options: undefined }),
  })
  const body = parseJson(await response.text()) as JsonObject
  const [thinking] = readObjects(body, 'content').filter(({ type }) => type === 'thinking')
  if (thinking !== undefined)
    return { text: readString(thinking, 'thinking') ?? '', signature: readString(thinking, 'signature') }
  const message = readObject(readObjects(body, 'choices')[0] ?? {}, 'message') ?? {}
  return { text: readString(message, 'reasoning_content') ?? '', signature: undefined }
}

/** The thinking blocks that the provider got with the second turn. */
function echoedThinking(): readonly Thought[] {
  return readObjects(house.lastBody(), 'messages')
    .flatMap((message) => readObjects(message, 'content'))
    .filter(({ type }) => type === 'thinking')
    .map((block) => ({
      text: readString(block, 'thinking') ?? '',
      signature: readString(block, 'signature'),
    }))
}

const other = (target: TargetName): TargetName => (target === 'chat' ? 'messages' : 'chat')

describe.each(CELLS.filter(({ client }) => client.reasoning !== 'none'))(
  'reasoning: $name',
  ({ client, target, mode }) => {
    test('is shown as the provider told it, before an answer that is complete', async () => {
      const talk = client.open(house, { model: `${target}/reason`, mode, reasoning: true })
      const reply = await talk.say('Think about castles.')
      const { text } = await thoughtAtProvider()
      expect(text.length).toBeGreaterThan(20)
      expect(reply.reasoning).toBe(text)
      expect(reply.text).toContain('This text was made up by the simulated provider.')
      expect(reply.finish).toBe(client.finishes.stop)
    })
  },
)

describe.each([...CELLS])('the wish to reason: $name', ({ client, target, mode }) => {
  const wish = (): unknown => house.lastBody()[target === 'chat' ? 'reasoning_effort' : 'thinking']

  test('arrives in the words of the provider, and only where there is one', async () => {
    const talk = client.open(house, { model: `${target}/reason`, mode, reasoning: true })
    await talk.say('Think about castles.')
    const hasBudgets = client.dialect === 'anthropic-messages'
    if (target === 'chat') expect(wish()).toBe(hasBudgets ? 'low' : 'medium')
    else expect(wish()).toMatchObject({ type: hasBudgets ? 'enabled' : 'adaptive' })
    await client.open(house, { model: `${target}/echo`, mode }).say('Do not.')
    expect(wish()).toBeUndefined()
  })
})

describe.each(CELLS.filter(({ client, target }) => client.reasoning === 'signed' && target === 'messages'))(
  'signed reasoning: $name',
  ({ client, target, mode }) => {
    test('comes back to the provider byte for byte with the next turn', async () => {
      const talk = client.open(house, { model: `${target}/reason`, mode, reasoning: true })
      await talk.say('Think about castles.')
      const thought = await thoughtAtProvider()
      expect(thought.signature?.length).toBeGreaterThan(20)
      const reply = await talk.say('And about moats.')
      expect(echoedThinking()).toEqual([thought])
      expect(reply.wire.notices).not.toContain('seal.foreign')
      expect(reply.text).toContain('about moats')
    })
  },
)

describe.each(CELLS.filter(({ client }) => client.reasoning !== 'none'))(
  'reasoning of another family: $name',
  ({ client, target, mode }) => {
    test('is kept from the next provider, with a notice where it was signed', async () => {
      const talk = client.open(house, { model: `${other(target)}/reason`, mode, reasoning: true })
      const first = await talk.say('Think about castles.')
      expect(first.reasoning).not.toBe('')
      const { signature } = await thoughtAtProvider()
      const reply = await talk.say('And about moats.', [], { model: `${target}/echo`, reasoning: false })
      expect(reply.text).toBe('And about moats.')
      expect(echoedThinking()).toEqual([])
      if (signature !== undefined) {
        expect(JSON.stringify(house.lastBody())).not.toContain(signature)
        if (client.reasoning === 'signed') expect(reply.wire.notices).toContain('seal.foreign')
      }
    })
  },
)

describe.each(PAIRS.filter(({ client }) => client.reasoning === 'none'))(
  'reasoning: $name',
  ({ client, target }) => {
    test('does not disturb a client that cannot read it', async () => {
      const talk = client.open(house, { model: `${target}/reason`, mode: 'stream', reasoning: true })
      const reply = await talk.say('Think about castles.')
      expect(reply.text).toContain('This text was made up by the simulated provider.')
      expect(reply.usage.reasoning).toBe(24)
      const next = await talk.say('And about moats.')
      expect(next.text).toContain('about moats')
    })
  },
)
