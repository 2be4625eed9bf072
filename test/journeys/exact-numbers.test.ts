import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider, type ScriptedProvider } from './scripted-provider.ts'

/** What the platform's own numbers cannot hold: an id of 64 bits, a fraction of twenty digits, more than the largest. */
const INPUT = '{"id":1234567890123456789,"share":0.12345678901234567891,"most":1e400}'
const TOOL = { name: 'look', schema: { type: 'object' } }

/** One call of the tool, as either company would answer. */
function answer(path: string): Response {
  const body = path.endsWith('/messages')
    ? `{"id":"m","type":"message","role":"assistant","model":"x","stop_reason":"tool_use","stop_sequence":null,
       "content":[{"type":"tool_use","id":"toolu_1","name":"look","input":${INPUT}}],"usage":{"input_tokens":1,"output_tokens":1}}`
    : `{"id":"c","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,"finish_reason":"tool_calls","message":
       {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":${JSON.stringify(INPUT)}}}]}}],
       "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}`
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

describe('numbers that the platform cannot hold, in the arguments of a tool', () => {
  let provider: ScriptedProvider
  let house: House
  beforeAll(async () => {
    provider = openScriptedProvider(({ path }) => answer(path))
    house = await openHouse({
      providers: () => ({
        chat: providerEntry(provider.url, { dialects: ['openai-chat'] }),
        messages: providerEntry(provider.url, { dialects: ['anthropic-messages'] }),
      }),
    })
  })
  afterAll(async () => {
    await house.close()
    await provider.close()
  })

  const ask = async (path: string, body: string): Promise<string> => {
    const headers = { authorization: `Bearer ${house.key()}`, 'content-type': 'application/json' }
    const response = await fetch(`${house.url}/v1/${path}`, { method: 'POST', headers, body })
    expect(response.status).toBe(200)
    return response.text()
  }

  test.each(['chat/x', 'messages/x'])(
    'a Messages client and %s tell each other every digit',
    async (model) => {
      const tools = JSON.stringify([{ name: TOOL.name, input_schema: TOOL.schema }])
      const body = `{"model":"${model}","max_tokens":9,"tools":${tools},"messages":[{"role":"user","content":"hi"},
      {"role":"assistant","content":[{"type":"tool_use","id":"toolu_0","name":"look","input":${INPUT}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_0","content":"ok"}]}]}`
      expect(await ask('messages', body)).toContain(INPUT)
      expect(provider.calls.at(-1)?.body.replaceAll('\\"', '"')).toContain(INPUT)
    },
  )

  test.each(['chat/x', 'messages/x'])('a chat client and %s tell each other every digit', async (model) => {
    const tools = JSON.stringify([
      { type: 'function', function: { name: TOOL.name, parameters: TOOL.schema } },
    ])
    const call = `{"id":"call_0","type":"function","function":{"name":"look","arguments":${JSON.stringify(INPUT)}}}`
    const body = `{"model":"${model}","tools":${tools},"messages":[{"role":"user","content":"hi"},
      {"role":"assistant","content":null,"tool_calls":[${call}]},{"role":"tool","tool_call_id":"call_0","content":"ok"}]}`
    expect((await ask('chat/completions', body)).replaceAll('\\"', '"')).toContain(INPUT)
    expect(provider.calls.at(-1)?.body.replaceAll('\\"', '"')).toContain(INPUT)
  })
})
