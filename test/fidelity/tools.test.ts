import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type OpenAI from 'openai'
import { readObjects, readString, type Json } from '../../src/kit/json.ts'
import { createAnthropic } from './anthropic-client.ts'
import { CELLS, FEW_CELLS, openHouse, TARGET_NAMES, type House, type TargetName } from './house.ts'
import { createOpenai } from './openai-client.ts'
import type { OfferedTool, ToolResult } from './talk.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** The arguments that a schema of single values leaves no choice about. */
const WEATHER_ARGUMENTS = {
  city: 'Zürich "HB" \\ 🚉',
  days: 3,
  precise: true,
  ratio: 0.1,
  place: { tags: ['a', ''], nothing: null },
}

function schemaFor(value: Json): { [key: string]: Json } {
  if (typeof value !== 'object' || value === null) return { enum: [value] }
  if (Array.isArray(value)) return { const: [...(value as readonly Json[])] }
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, schemaFor(member ?? null)]),
    ),
    required: Object.keys(value),
    additionalProperties: false,
  }
}

function toolFor(name: string, value: { readonly [key: string]: Json }): OfferedTool {
  return { name, description: `Gives the ${name}.`, parameters: { type: 'object', ...schemaFor(value) } }
}

const weather = toolFor('get_weather', WEATHER_ARGUMENTS)
const time = toolFor('get-time', { zone: 'Europe/Zurich' })
const nothing = toolFor('list_things', {})

function resultFor({ id, name }: { readonly id: string; readonly name: string }): ToolResult {
  return { id, name, text: `${name} says "fine" 🌤` }
}

/** What the simulated provider writes, and the word that stands for a proof which a client has not kept. */
const PROOF = /^[A-Za-z0-9+/=]{40,}$/
const NO_PROOF = 'skip_thought_signature_validator'

/** The proofs that came back to Google with the calls of each answer. */
function proofsOfCalls(): readonly (readonly (string | undefined)[])[] {
  return readObjects(house.lastBody(), 'contents')
    .map((content) => readObjects(content, 'parts').filter((part) => part['functionCall'] !== undefined))
    .filter(({ length }) => length > 0)
    .map((parts) => parts.map((part) => readString(part, 'thoughtSignature')))
}

/** Longer than most take. Towards its own dialect a name goes as it is, and the provider says what it thinks of it. */
const LONG_NAME = `mcp__${'very_long_'.repeat(11)}lookup`

describe.each([...CELLS])('tools: $name', ({ client, target, mode, native }) => {
  test('several are called at once, and each result finds its call', async () => {
    const time = toolFor(native ? 'get-time' : LONG_NAME, { zone: 'Europe/Zurich' })
    const talk = client.open(house, { model: `${target}/tools`, mode, tools: [weather, time, nothing] })
    const called = await talk.say('Everything, please.')
    expect(called).toMatchObject({ text: '', finish: client.finishes['tool-calls'] })
    expect(called.calls.map(({ name, arguments: given }) => [name, given])).toEqual([
      ['get_weather', WEATHER_ARGUMENTS],
      [time.name, { zone: 'Europe/Zurich' }],
      ['list_things', {}],
    ])
    expect(new Set(called.calls.map(({ id }) => id)).size).toBe(3)
    const answer = await talk.report(called.calls.map(resultFor))
    // A model is told of a name that is too long for it by another one.
    expect(answer.text.replace(/(?<=🌤 )\S+: /, `${time.name}: `)).toBe(
      `The tools answered. ${[weather, time, nothing].map(({ name }) => `${name}: ${name} says "fine" 🌤`).join(' ')}`,
    )
    expect(answer.finish).toBe(client.finishes.stop)
    const proof = client.reasoning === 'signed' ? expect.stringMatching(PROOF) : NO_PROOF
    if (target === 'google') expect(proofsOfCalls()).toEqual([[proof, undefined, undefined]])
    expect((await talk.say('Thank you.')).calls).toHaveLength(3)
  })
})

test.each([...FEW_CELLS])(
  'one tool only when parallel calls are off, where that can be said: $name',
  async ({ client, target, mode }) => {
    const tools = [weather, nothing]
    const talk = client.open(house, { model: `${target}/tools`, mode, tools, parallel: false })
    const canBeSaid = client.dialect !== 'gemini' && target !== 'google'
    expect((await talk.say('One at a time.')).calls).toHaveLength(canBeSaid ? 1 : 2)
    if (client.dialect !== 'gemini') expect(talk.wire().notices.includes('param.dropped')).toBe(!canBeSaid)
  },
)

/** How each provider is told that a tool failed. */
const FAILED: Readonly<Record<TargetName, string>> = {
  chat: '[tool error] ',
  messages: '"is_error":true',
  responses: '[tool error] ',
  google: '"error":',
}

describe.each([...TARGET_NAMES])('what official SDKs can say about tools, to %s', (target) => {
  const model = `${target}/tools`
  const openaiTools = [weather, time].map(({ name, description, parameters }) => ({
    type: 'function' as const,
    function: { name, description, parameters: { ...parameters } },
  }))
  const anthropicTools = [weather, time].map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: { ...parameters, type: 'object' as const },
  }))

  test.each([
    ['none', 'none', []],
    ['required', 'required', ['get_weather', 'get-time']],
    ['one by name', { type: 'function', function: { name: 'get-time' } }, ['get-time']],
  ] as const)('openai: tool_choice %s', async (_what, choice, called) => {
    const completion = await createOpenai(house).chat.completions.create({
      model,
      messages: [{ role: 'user', content: 'Go.' }],
      tools: openaiTools,
      tool_choice: choice,
    })
    const calls = completion.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => (call.type === 'function' ? call.function.name : ''))).toEqual([...called])
  })

  test.each([
    ['none', { type: 'none' }, []],
    ['any', { type: 'any' }, ['get_weather', 'get-time']],
    ['one by name', { type: 'tool', name: 'get-time' }, ['get-time']],
  ] as const)('anthropic: tool_choice %s', async (_what, choice, called) => {
    const message = await createAnthropic(house).messages.create({
      model,
      max_tokens: 500,
      messages: [{ role: 'user', content: 'Go.' }],
      tools: anthropicTools,
      tool_choice: choice,
    })
    const names = message.content.flatMap((block) => (block.type === 'tool_use' ? [block.name] : []))
    expect(names).toEqual([...called])
  })

  test.each([
    ['all required', ['city'], target !== 'google'],
    ['one optional', [], target === 'messages'],
  ] as const)('anthropic: a strict tool, %s', async (_what, required, strict) => {
    const properties = { city: { type: 'string', enum: ['Zürich'] } }
    const message = await createAnthropic(house).messages.create({
      model,
      max_tokens: 500,
      messages: [{ role: 'user', content: 'Go.' }],
      tools: [
        {
          name: 'get_weather',
          strict: true,
          input_schema: { type: 'object', properties, required: [...required], additionalProperties: false },
        },
      ],
    })
    expect(message.content.filter(({ type }) => type === 'tool_use')).toMatchObject([{ name: 'get_weather' }])
    expect(JSON.stringify(house.lastBody()).includes('"strict":true')).toBe(strict)
  })

  test('anthropic: a result that is an error, with an image, and text behind it', async () => {
    const image = { type: 'base64' as const, media_type: 'image/png' as const, data: PIXEL }
    const message = await createAnthropic(house).messages.create({
      model: `${target}/vision`,
      max_tokens: 500,
      tools: anthropicTools,
      messages: [
        { role: 'user', content: 'Look out of the window.' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: WEATHER_ARGUMENTS }],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              is_error: true,
              content: [
                { type: 'text', text: 'The camera is dirty.' },
                { type: 'image', source: image },
              ],
            },
            { type: 'text', text: 'What do you see?' },
          ],
        },
      ],
    })
    expect(message.content).toMatchObject([{ text: 'I see 1 image: image image/png, 70 bytes.' }])
    const sent = JSON.stringify(house.lastBody())
    expect(sent).toContain('The camera is dirty.')
    expect(sent).toContain(FAILED[target])
    expect(sent).toContain('What do you see?')
  })

  test.each(['unary', 'stream'] as const)('openai: the deprecated functions, %s', async (mode) => {
    const sdk = createOpenai(house)
    const functions = [weather, time].map(({ parameters, ...tool }) => ({
      ...tool,
      parameters: { ...parameters },
    }))
    const ask = (messages: OpenAI.ChatCompletionMessageParam[]) =>
      mode === 'unary'
        ? sdk.chat.completions.create({ model, messages, functions })
        : sdk.chat.completions.stream({ model, messages, functions }).finalChatCompletion()
    const question = { role: 'user' as const, content: 'Go.' }
    const [called] = (await ask([question])).choices
    expect(called?.finish_reason).toBe('function_call')
    expect(called?.message.tool_calls).toBeUndefined()
    expect(called?.message.function_call).toMatchObject({ name: 'get_weather' })
    expect(JSON.parse(called?.message.function_call?.arguments ?? '')).toEqual(WEATHER_ARGUMENTS)
    if (called === undefined) throw new Error('an answer without a choice')
    const result = { role: 'function' as const, name: 'get_weather', content: 'Sunny.' }
    const answer = await ask([question, called.message, result])
    expect(answer.choices[0]?.message.content).toBe('The tools answered. get_weather: Sunny.')
  })

  test('openai: a tool that takes free text', async () => {
    const sdk = createOpenai(house)
    const tool = { type: 'custom' as const, custom: { name: 'shell', description: 'Runs a command.' } }
    const question = { role: 'user' as const, content: 'ls -l "my castle"' }
    const asked = { model, messages: [question], tools: [tool] }
    const message = (await sdk.chat.completions.create(asked)).choices[0]?.message
    if (message === undefined) throw new Error('an answer without a choice')
    const [call] = message.tool_calls ?? []
    if (call?.type !== 'custom') throw new Error(`not a custom call: ${JSON.stringify(message)}`)
    expect(call.custom.name).toBe('shell')
    const result = { role: 'tool' as const, tool_call_id: call.id, content: 'gate.txt' }
    const next = await sdk.chat.completions.create({ ...asked, messages: [question, message, result] })
    expect(next.choices[0]?.message.content).toBe('The tools answered. shell: gate.txt')
  })
})
