import { describe, expect, test } from 'bun:test'
import { parseJsonObject, readObjects } from '../../kit/json.ts'
import type { Capabilities, Quirks } from '../../exchange/target.ts'
import { speakChat } from '../speak-chat.fixture.ts'
import { openaiChat as dialect } from './openai-chat.ts'

const openaiChat = speakChat(dialect)

interface Passed {
  readonly text: string
  readonly same: boolean
  readonly notices: readonly string[]
}

function pass(text: string, model: string, quirks: Quirks = {}, capabilities: Capabilities = {}): Passed {
  const bytes = new TextEncoder().encode(text)
  const { request } = openaiChat.decodeRequest(parseJsonObject(text) ?? {})
  const notices: string[] = []
  const { body } = openaiChat.passRequest(bytes, {
    request,
    model,
    quirks,
    capabilities,
    notice: (code, subject) => void notices.push(subject === undefined ? code : `${code}=${subject}`),
    headers: {},
  })
  return { text: new TextDecoder().decode(body), same: body === bytes, notices }
}

const MESSAGES = '"messages" : [ {"role":"user","content":"\\u0068i 日本","x":1.0} ]'

describe('passRequest', () => {
  test('hands on the same bytes when nothing has to change', () => {
    expect(pass(`{ "model":"m", ${MESSAGES}, "n":1e0 }`, 'm').same).toBe(true)
    const asked = `{"model":"m",${MESSAGES},"stream":true,"stream_options":{"include_usage":true}}`
    expect(pass(asked, 'm').same).toBe(true)
  })

  test('replaces the model and nothing else', () => {
    const { text } = pass(`{ "model" : "smart", ${MESSAGES}, "future_field":{"a":[1,2]} }`, 'gpt-x')
    expect(text).toBe(`{ "model" : "gpt-x", ${MESSAGES}, "future_field":{"a":[1,2]} }`)
  })

  test('asks for usage on a stream and keeps the other options', () => {
    const { text } = pass(
      `{"model":"m",${MESSAGES},"stream":true,"stream_options":{"include_obfuscation":false}}`,
      'm',
    )
    expect(text).toBe(
      `{"model":"m",${MESSAGES},"stream":true,"stream_options":{"include_obfuscation":false,"include_usage":true}}`,
    )
    expect(
      parseJsonObject(pass(`{"model":"m",${MESSAGES},"stream":true}`, 'm').text)?.['stream_options'],
    ).toEqual({
      include_usage: true,
    })
  })

  test('does not ask for usage where the provider refuses the option', () => {
    expect(pass(`{"model":"m",${MESSAGES},"stream":true}`, 'm', { streamOptions: false }).same).toBe(true)
  })

  test('leaves out options of the stream where the provider refuses them', () => {
    const asked = `{"model":"m",${MESSAGES},"stream":true,"stream_options":{"include_usage":true}}`
    expect(pass(asked, 'm', { streamOptions: false }).text).toBe(`{"model":"m",${MESSAGES},"stream":true}`)
  })

  test("leaves out another family's proofs, which the client only carries", () => {
    const carried =
      '{"type":"reasoning.text","text":"hm","signature":"c2Vj","format":"gatehouse:anthropic:signature"}'
    const own = '{"type":"reasoning.text","text":"hm","signature":"own","format":"x-v1"}'
    const turns = (detail: string): string =>
      `{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"hm","reasoning_details":[${detail}]}]}`
    expect(parseJsonObject(pass(turns(carried), 'm').text)).toMatchObject({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    })
    expect(pass(turns(carried), 'm').text).not.toMatch(/c2Vj|hm/)
    expect(pass(turns(own), 'm').same).toBe(true)
  })

  test('takes out what was said to the gateway', () => {
    const { text } = pass(`{"gatehouse":{"strict":true},"model":"m",${MESSAGES}}`, 'm')
    expect(text).not.toContain('gatehouse')
    expect(text).toContain(MESSAGES)
    expect(parseJsonObject(text)).toBeDefined()
  })
})

describe('what is known to be refused is not passed on', () => {
  const named: Quirks = { maxTokensParam: 'max_completion_tokens' }

  test.each([
    ['{"model":"m", "max_tokens" : 50,MESSAGES}', '{"model":"m", MESSAGES,"max_completion_tokens":50}'],
    ['{"model":"m","max_tokens":5e1,MESSAGES}', '{"model":"m",MESSAGES,"max_completion_tokens":5e1}'],
    [
      '{"model":"m","max_tokens":50,MESSAGES,"max_completion_tokens":50}',
      '{"model":"m",MESSAGES,"max_completion_tokens":50}',
    ],
    [
      '{"model":"m","max_completion_tokens":null,"max_tokens":50,MESSAGES}',
      '{"model":"m","max_completion_tokens":50,MESSAGES}',
    ],
    [
      '{"model":"m","max_completion_tokens":50,MESSAGES}',
      '{"model":"m","max_completion_tokens":50,MESSAGES}',
    ],
    ['{"model":"m",MESSAGES}', '{"model":"m",MESSAGES}'],
  ])('the output limit of %s has the name that the provider takes', (given, sent) => {
    const fill = (text: string): string => text.replace('MESSAGES', MESSAGES)
    const passed = pass(fill(given), 'm', named)
    expect(passed.text).toBe(fill(sent))
    expect(passed.notices).toEqual([])
  })

  test('the output limit keeps its name where nothing is known of it', () => {
    expect(pass(`{"model":"m","max_tokens":50,${MESSAGES}}`, 'm').same).toBe(true)
    const both = `{"model":"m","max_tokens":50,${MESSAGES},"max_completion_tokens":50}`
    expect(pass(both, 'm').same).toBe(true)
    const older = pass(`{"model":"m",${MESSAGES},"max_completion_tokens":50}`, 'm', {
      maxTokensParam: 'max_tokens',
    })
    expect(older.text).toBe(`{"model":"m",${MESSAGES},"max_tokens":50}`)
  })

  test('no more output is asked for than the model gives', () => {
    const passed = pass(`{"model":"m","max_tokens":5000,${MESSAGES}}`, 'm', named, { maxOutputTokens: 4_096 })
    expect(passed.text).toBe(`{"model":"m",${MESSAGES},"max_completion_tokens":4096}`)
    expect(passed.notices).toEqual(['max-tokens.clamped=max_tokens'])
  })

  test('sampling goes where the model refuses it, with a notice where something is lost', () => {
    const given = `{"model":"m","temperature":0.4,"top_p":1.0,"n":1,"logprobs":false,${MESSAGES},"top_logprobs":2}`
    const passed = pass(given, 'm', {}, { sampling: false })
    expect(passed.text).toBe(`{"model":"m","n":1,${MESSAGES}}`)
    expect(passed.notices).toEqual(['param.dropped=temperature', 'param.dropped=top_logprobs'])
    expect(pass(given, 'm', {}, { sampling: 'unless-reasoning' }).same).toBe(true)
  })

  test('a user whose name is too long gets a shorter one', () => {
    const passed = pass(`{"model":"m",${MESSAGES},"user":"${'u'.repeat(65)}"}`, 'm', {
      maxUserCharacters: 64,
    })
    expect(passed.text).toMatch(/"user":"[0-9a-f]{64}"}$/)
    expect(passed.notices).toEqual(['param.clamped=user'])
  })

  test('ids and names that are too long are others, alike on call and result', () => {
    const id = 'i'.repeat(41)
    const call = `{"id":"${id}","type":"function","function":{"name":"${'f'.repeat(65)}","arguments":"{}"}}`
    const turns = `{"role":"assistant","tool_calls":[${call}]},{"role":"tool","tool_call_id":"${id}","content":"1"}`
    const given = `{"model":"m","messages":[{"role":"user","content":"hi"},${turns}]}`
    expect(pass(given, 'm').same).toBe(true)
    const passed = pass(given, 'm', { toolCallId: { pattern: 'any', length: 40 }, maxToolNameCharacters: 64 })
    const [, spoken, result] = readObjects(parseJsonObject(passed.text) ?? {}, 'messages')
    const [sent] = readObjects(spoken ?? {}, 'tool_calls')
    expect(sent?.['id']).toHaveLength(40)
    expect(result?.['tool_call_id']).toBe(sent?.['id'])
  })

  test('the beginning of an answer is refused where it cannot be continued', () => {
    const given =
      '{"model":"m","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"{"}]}'
    expect(() => pass(given, 'm', {}, { prefill: false })).toThrow('does not continue')
  })
})
