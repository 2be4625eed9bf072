import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createAnthropic } from './anthropic-client.ts'
import { CELLS, NEXT, openHouse, TARGET_NAMES, type Cell, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'
import type { TalkSettings } from './talk.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const REFUSAL = 'I cannot help with that request.'

/** Where refusing is a reason to stop and not a kind of content, a client of Chat Completions is told of a filter. */
const refusing = ({ client: { name, finishes }, target }: Cell): string =>
  name === 'openai' && (target === 'messages' || target === 'google') ? 'content_filter' : finishes.refusal

/** Only one language has a word for it that a sequence ended the answer; one has no word for sequences. */
const stopping = ({ client: { finishes }, target }: Cell): string =>
  target === 'messages' ? finishes['stop-sequence'] : finishes.stop

/** An empty message is taken back by the providers of some languages; those of others refuse it, whoever made it. */
const takesEmpty = ({ client: { dialect }, native }: Cell): boolean =>
  !native || dialect.startsWith('openai-')

describe.each([...CELLS])('ends: $name', (cell) => {
  const { client, target, mode } = cell

  test('are told in the words of the client, and the conversation goes on behind each, there and elsewhere', async () => {
    const talk = client.open(house, { model: `${target}/long`, mode, maxTokens: 17 })
    const say = (model: string, text: string, change: Partial<TalkSettings> = {}) =>
      talk.say(text, [], { model, maxTokens: 1_500, ...change })

    const long = await talk.say('Go on.')
    expect(long).toMatchObject({ finish: client.finishes.length, usage: { output: 17 } })
    expect(long.text.split(/\s+/).length).toBeGreaterThan(5)
    if (client.stops) {
      const stopped = await say(`${target}/stop`, 'Go on.', { stop: '###' })
      expect(stopped.finish).toBe(stopping(cell))
      expect(stopped.text.length).toBeGreaterThan(10)
      expect(stopped.text.includes('behind the stop')).toBe(target === 'responses')
      expect(stopped.wire.notices.includes('param.dropped')).toBe(target === 'responses')
    }
    const refused = await say(`${target}/refuse`, 'Do something bad.')
    expect(refused.finish).toBe(refusing(cell))
    expect(refused.refusal ?? refused.text).toContain(REFUSAL)
    const quiet = takesEmpty(cell) ? talk : client.open(house, { model: target, mode })
    const nothing = await quiet.say('Say nothing.', [], { model: `${target}/empty`, maxTokens: 1_500 })
    expect(nothing).toMatchObject({ text: '', calls: [], finish: client.finishes.stop })
    await say(`${target}/reason`, 'Think.', { reasoning: true })
    expect((await say(`${NEXT[target]}/echo`, 'And there?')).text).toBe('And there?')
  })
})

describe.each([...TARGET_NAMES])('what official SDKs are told of the end, by %s', (target) => {
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
      expect(message?.content ?? '').toBe(target === 'messages' || target === 'google' ? REFUSAL : '')
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
