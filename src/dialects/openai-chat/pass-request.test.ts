import { describe, expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import { parseJsonObject } from '../../kit/json.ts'
import type { Quirks } from '../../exchange/target.ts'
import { openaiChat } from './openai-chat.ts'
import { scanJson } from '../../kit/json-scan.ts'

function pass(text: string, model: string, quirks: Quirks = {}): { text: string; same: boolean } {
  const bytes = new TextEncoder().encode(text)
  const { request } = openaiChat.decodeRequest(parseJsonObject(text) ?? {}, 'chat')
  const notice = (code: string): void => {
    if (code !== 'seal.foreign' && code !== 'param.dropped')
      throw new Failure('internal', { message: 'the native lane loses nothing of its own' })
  }
  const { body } = openaiChat.passRequest(bytes, {
    scan: scanJson(bytes),
    request,
    model,
    quirks,
    capabilities: {},
    notice,
    headers: {},
  })
  return { text: new TextDecoder().decode(body), same: body === bytes }
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
