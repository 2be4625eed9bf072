import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createAnthropic } from './anthropic-client.ts'
import { CELLS, openHouse, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const REFUSAL = 'I cannot help with that request.'

describe.each([...CELLS])('the end of an answer: $name', ({ client, target, mode }) => {
  const { finishes } = client

  test('the limit of tokens', async () => {
    const reply = await client.open(house, { model: `${target}/long`, mode, maxTokens: 17 }).say('Go on.')
    expect(reply).toMatchObject({ finish: finishes.length, usage: { output: 17 } })
    expect(reply.text.split(/\s+/).length).toBeGreaterThan(5)
  })

  test('a refusal', async () => {
    const reply = await client.open(house, { model: `${target}/refuse`, mode }).say('Do something bad.')
    // A refusal of this family is a filter's verdict for clients of the other.
    const filtered = client.name === 'openai' && target === 'messages'
    expect(reply.finish).toBe(filtered ? 'content_filter' : finishes.refusal)
  })
})

const CELLS_WITH_STOPS = CELLS.filter(({ client }) => client.stops)

describe.each(CELLS_WITH_STOPS)(
  'the end of an answer: $name',
  ({ client: { finishes, open }, target, mode }) => {
    test('a stop sequence', async () => {
      const reply = await open(house, { model: `${target}/stop`, mode, stop: '###' }).say('Go on.')
      // Of the two dialects one does not say that it was a sequence.
      expect(reply.finish).toBe(target === 'chat' ? finishes.stop : finishes['stop-sequence'])
      expect(reply.text.length).toBeGreaterThan(10)
      expect(reply.text).not.toContain('###')
      expect(reply.text).not.toContain('behind the stop')
    })
  },
)

/** Answers whose message is unusual to send back. */
const ODD_ANSWERS = ['refuse', 'long', 'stop', 'reason'] as const
const OTHER = { chat: 'messages', messages: 'chat' } as const

describe.each([...CELLS])('a conversation goes on: $name', ({ client, target, mode }) => {
  // An empty message of the one dialect may be sent back; of the other it is refused, whoever made it.
  const odds = client.dialect === 'openai-chat' ? ['empty', ...ODD_ANSWERS] : ODD_ANSWERS
  test.each([...odds])('after the answer of %s, at the same provider and at the other', async (odd) => {
    const maxTokens = odd === 'reason' ? 1_500 : 30
    const settings = { mode, maxTokens, stop: '###', reasoning: odd === 'reason' }
    const talk = client.open(house, { model: `${target}/${odd}`, ...settings })
    await talk.say('Begin.')
    const plain = { reasoning: false, maxTokens: 100 }
    const same = await talk.say('And here?', [], { model: `${target}/echo`, ...plain })
    expect(same.text).toEndWith('And here?')
    const moved = await talk.say('And there?', [], { model: `${OTHER[target]}/echo`, ...plain })
    expect(moved.text).toEndWith('And there?')
  })
})

describe.each(['chat', 'messages'] as const)('what official SDKs are told of the end, by %s', (target) => {
  const messages = [{ role: 'user' as const, content: 'Go on.' }]

  test('openai: the words of a refusal, streamed and not', async () => {
    const params = { model: `${target}/refuse`, messages }
    const sdk = createOpenai(house)
    const whole = await sdk.chat.completions.create(params)
    expect(whole.choices[0]?.message).toMatchObject({ refusal: REFUSAL })
    const streamed = await sdk.chat.completions.stream({ ...params, stream: true }).finalMessage()
    expect(streamed).toMatchObject({ refusal: REFUSAL })
    // Where refusing is a reason to stop and not a kind of content, the text said so far is content.
    for (const message of [whole.choices[0]?.message, streamed])
      expect(message?.content ?? '').toBe(target === 'messages' ? REFUSAL : '')
  })

  test('anthropic: the stop sequence where the provider names it', async () => {
    const params = { model: `${target}/stop`, max_tokens: 500, stop_sequences: ['###'], messages }
    const sdk = createAnthropic(house)
    const whole = await sdk.messages.create(params)
    const streamed = await sdk.messages.stream(params).finalMessage()
    for (const message of [whole, streamed])
      expect(message.stop_sequence).toBe(target === 'messages' ? '###' : null)
  })
})
