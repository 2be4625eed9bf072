import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { openHouse, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

const EVENT_STREAM = { headers: { 'content-type': 'text/event-stream' } }

function chunk(delta: unknown, finishReason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finishReason }]
  return `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices })}\n\n`
}

describe('calls that an engine streams under one index', () => {
  let provider: ScriptedProvider
  let house: House
  beforeAll(async () => {
    const call = (id: string, path: string): unknown => ({
      index: 0,
      id,
      type: 'function',
      function: { name: 'write', arguments: JSON.stringify({ path }) },
    })
    const stream = [
      chunk({ role: 'assistant', content: '', tool_calls: [call('c_a', 'one.py')] }),
      chunk({ tool_calls: [call('c_b', 'two.py')] }),
      chunk({}, 'tool_calls'),
      'data: [DONE]\n\n',
    ].join('')
    provider = openScriptedProvider(() => new Response(stream, EVENT_STREAM))
    house = await openHouse({
      providers: () => ({
        local: { type: 'ollama', base_url: `${provider.url}/v1`, dialects: ['openai-chat'] },
      }),
    })
  })
  afterAll(async () => {
    await house.close()
    await provider.close()
  })

  test('are told apart by the official SDK', async () => {
    const client = new OpenAI({ apiKey: house.key(), baseURL: `${house.url}/v1`, maxRetries: 0 })
    const completion = await client.chat.completions
      .stream({
        model: 'local/m',
        messages: [{ role: 'user', content: 'make two files' }],
        tools: [{ type: 'function', function: { name: 'write', parameters: { type: 'object' } } }],
      })
      .finalChatCompletion()
    expect(completion.choices[0]?.message.tool_calls).toMatchObject([
      { id: 'c_a', function: { name: 'write', arguments: '{"path":"one.py"}' } },
      { id: 'c_b', function: { name: 'write', arguments: '{"path":"two.py"}' } },
    ])
  })
})
