import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema'
import { createAnthropic as createAnthropicModels } from '@ai-sdk/anthropic'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, Output } from 'ai'
import { parseJson } from '../../src/kit/json.ts'
import { createAnthropic } from './anthropic-client.ts'
import { CELLS, openHouse, TARGET_NAMES, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** A schema that one value fits. */
const schema = {
  type: 'object',
  properties: {
    city: { type: 'string', enum: ['Zürich "HB"'] },
    days: { type: 'integer', enum: [3] },
    place: {
      type: 'object',
      properties: { open: { type: 'boolean', enum: [true] } },
      required: ['open'],
      additionalProperties: false,
    },
  },
  required: ['city', 'days', 'place'],
  additionalProperties: false,
} as const
const VALUE = { city: 'Zürich "HB"', days: 3, place: { open: true } } as const

describe.each([...CELLS])('structured output: $name', ({ client, target, mode }) => {
  test('is JSON that fits the schema, enforced by the provider', async () => {
    const reply = await client.open(house, { model: `${target}/json`, mode, schema }).say('Fill the form.')
    expect(parseJson(reply.text)).toEqual(VALUE)
    expect(reply.calls).toEqual([])
    expect(reply.finish).toBe(client.finishes.stop)
    expect(reply.wire.notices).not.toContain('schema.unenforced')
  })
})

describe.each([...TARGET_NAMES])('helpers that parse, at %s', (target) => {
  const messages = [{ role: 'user' as const, content: 'Fill the form.' }]

  test('openai: chat.completions.parse and stream', async () => {
    const asked = {
      model: `${target}/json`,
      messages,
      response_format: {
        type: 'json_schema' as const,
        json_schema: { name: 'form', strict: true, schema: { ...schema } },
      },
    }
    const sdk = createOpenai(house)
    const whole: unknown = (await sdk.chat.completions.parse(asked)).choices[0]?.message.parsed
    expect(whole).toEqual(VALUE)
    const streamed = await sdk.chat.completions.stream({ ...asked, stream: true }).finalChatCompletion()
    expect(parseJson(streamed.choices[0]?.message.content ?? '')).toEqual(VALUE)
  })

  test('anthropic: messages.parse', async () => {
    const message = await createAnthropic(house).messages.parse({
      model: `${target}/json`,
      max_tokens: 500,
      messages,
      output_config: { format: jsonSchemaOutputFormat(schema) },
    })
    expect(message.parsed_output).toEqual(VALUE)
  })

  test('ai: Output.object', async () => {
    const { url, key } = house
    const gatehouse = createOpenAICompatible({
      name: 'gatehouse',
      baseURL: `${url}/v1`,
      apiKey: key,
      supportsStructuredOutputs: true,
    })
    const { output } = await generateText({
      model: gatehouse(`${target}/json`),
      prompt: 'Fill the form.',
      output: Output.object({ schema: jsonSchema({ ...schema }) }),
    })
    expect(output).toEqual(VALUE)
  })

  test('ai: Output.object through a tool that the SDK invents', async () => {
    const { url, key } = house
    const models = createAnthropicModels({ baseURL: `${url}/v1`, apiKey: key })
    const { output } = await generateText({
      model: models(`${target}/tools`),
      prompt: 'Fill the form.',
      maxOutputTokens: 500,
      output: Output.object({ schema: jsonSchema({ ...schema }) }),
      providerOptions: { anthropic: { structuredOutputMode: 'jsonTool' } },
    })
    expect(output).toEqual(VALUE)
  })
})
