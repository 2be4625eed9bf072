import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { parseJsonObject, readArray, readObjects, type Json } from '../../src/kit/json.ts'
import { openHouse, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedCall, type ScriptedProvider } from './scripted-provider.ts'
import { MODES } from '../modes.ts'

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

describe('a call whose proof the provider wants back', () => {
  const PROOF = { google: { thought_signature: 'SIG-1' } }
  const call = {
    id: 'fc1',
    type: 'function',
    function: { name: 'bash', arguments: '{"c":"ls"}' },
    extra_content: PROOF,
  }
  let provider: ScriptedProvider
  let house: House
  beforeAll(async () => {
    provider = openScriptedProvider(answerOnlyWithProof)
    house = await openHouse({
      providers: () => ({ gem: { type: 'gemini', base_url: `${provider.url}/v1beta/openai` } }),
    })
  })
  afterAll(async () => {
    await house.close()
    await provider.close()
  })

  /** Refuses a conversation with a result whose call lacks its proof, as the provider does. */
  function answerOnlyWithProof({ body }: ScriptedCall): Response {
    const asked = parseJsonObject(body) ?? {}
    const calls = readObjects(asked, 'messages').flatMap((message) => readObjects(message, 'tool_calls'))
    if (calls.some((one) => JSON.stringify(one['extra_content']) !== JSON.stringify(PROOF))) {
      const error = {
        code: 400,
        message: 'Function call is missing a thought_signature',
        status: 'INVALID_ARGUMENT',
      }
      return Response.json([{ error }], { status: 400 })
    }
    return asked['stream'] === true
      ? new Response(
          chunk({ tool_calls: [call] }) + chunk({}, 'tool_calls') + 'data: [DONE]\n\n',
          EVENT_STREAM,
        )
      : Response.json({
          id: 'c1',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [
            {
              index: 0,
              finish_reason: 'tool_calls',
              message: { role: 'assistant', content: null, tool_calls: [call] },
            },
          ],
        })
  }

  /** The calls that the provider was told last. */
  function toldCalls(): readonly Json[] {
    const asked = parseJsonObject(provider.calls.at(-1)?.body ?? '') ?? {}
    return readObjects(asked, 'messages').flatMap((message) => readArray(message, 'tool_calls'))
  }

  test.each(MODES)(
    'gets it back from the official SDK of Anthropic, which echoes what it knows: %s',
    async (mode) => {
      const client = new Anthropic({ apiKey: house.key(), baseURL: house.url, maxRetries: 0 })
      const say = (messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> => {
        const body = {
          model: 'gem/m',
          max_tokens: 99,
          messages,
          tools: [{ name: 'bash', input_schema: { type: 'object' as const } }],
        }
        return mode === 'unary' ? client.messages.create(body) : client.messages.stream(body).finalMessage()
      }
      const asked: Anthropic.MessageParam = { role: 'user', content: 'list files' }
      const { content } = await say([asked])
      const echoed = content.map((block) =>
        block.type === 'tool_use'
          ? { type: block.type, id: block.id, name: block.name, input: block.input }
          : block,
      )
      await say([
        asked,
        { role: 'assistant', content: echoed },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'fc1', content: 'a.txt' }] },
      ])
      expect(toldCalls()).toMatchObject([{ id: 'fc1', function: call.function, extra_content: PROOF }])
    },
  )

  test.each(MODES)('gets it back from the official SDK of OpenAI: %s', async (mode) => {
    const client = new OpenAI({ apiKey: house.key(), baseURL: `${house.url}/v1`, maxRetries: 0 })
    const say = async (
      messages: OpenAI.ChatCompletionMessageParam[],
    ): Promise<OpenAI.ChatCompletionMessage> => {
      const tool = { type: 'function' as const, function: { name: 'bash', parameters: { type: 'object' } } }
      const body = { model: 'gem/m', messages, tools: [tool] }
      const completion = await (mode === 'unary'
        ? client.chat.completions.create(body)
        : client.chat.completions.stream(body).finalChatCompletion())
      const [choice] = completion.choices
      if (choice === undefined) throw new Error('there is no answer')
      return choice.message
    }
    const asked: OpenAI.ChatCompletionMessageParam = { role: 'user', content: 'list files' }
    const message = await say([asked])
    await say([asked, message, { role: 'tool', tool_call_id: 'fc1', content: 'a.txt' }])
    expect(toldCalls()).toMatchObject([{ id: 'fc1', function: call.function, extra_content: PROOF }])
  })
})
