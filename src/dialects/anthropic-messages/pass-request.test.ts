import { describe, expect, test } from 'bun:test'
import type { Capabilities, Quirks } from '../../exchange/target.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { parseJsonObject, readObject, readObjects } from '../../kit/json.ts'
import { decodeRequest } from './decode-request.ts'
import { wrapSignature } from '../carried-signature.ts'
import { passRequest } from './pass-request.ts'
import { scanJson } from '../../kit/json-scan.ts'

interface Passed {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly notices: readonly string[]
}

function pass(
  body: string,
  model: string,
  more: { quirks?: Quirks; capabilities?: Capabilities; headers?: Record<string, string> } = {},
): Passed {
  const notices: string[] = []
  const { request } = decodeRequest(parseJsonObject(body) ?? {})
  const bytes = new TextEncoder().encode(body)
  const passed = passRequest(
    { form: 'json', bytes, scan: scanJson(bytes) },
    {
      request,
      model,
      capabilities: more.capabilities ?? {},
      quirks: more.quirks ?? {},
      headers: more.headers ?? {},
      notice: (code, subject) => void notices.push(`${code}=${subject}`),
    },
  )
  const { body: sent } = passed
  if (typeof sent !== 'string' && !(sent instanceof Uint8Array)) throw new TypeError('not JSON')
  return {
    body: typeof sent === 'string' ? sent : new TextDecoder().decode(sent),
    headers: passed.headers,
    notices,
  }
}

const MESSAGES =
  '[ {"role":"user","content":"hé 👩‍👩‍👧"},\n {"role":"assistant","content":[{"signature":"EsgDCkYI+/=","thinking":"hm\\u00e9","type":"thinking","x":1},{"type":"redacted_thinking","data":"b3Bh"},{"type":"tool_use","id":"toolu_1","name":"f","input":{"z":1.0,"a":1e400},"y":null}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"3"}]}]'
const BODY = `{ "max_tokens" : 1.00e2, "model":"route", "messages":${MESSAGES}, "novel":{"b":2,"a":1} }`

describe('bound thinking', () => {
  test('a request under the provider model name passes byte for byte', () => {
    expect(sha256Hex(pass(BODY, 'route').body)).toBe(sha256Hex(BODY))
    const escaped = BODY.replace('"route"', String.raw`"ro\u0075te"`)
    expect(pass(escaped, 'route').body).toBe(escaped)
  })

  test('only the model is replaced', () => {
    const { body } = pass(BODY, 'claude-opus-5-5')
    expect(body).toBe(BODY.replace('"route"', '"claude-opus-5-5"'))
    expect(sha256Hex(body.slice(body.indexOf(MESSAGES), body.indexOf(MESSAGES) + MESSAGES.length))).toBe(
      sha256Hex(MESSAGES),
    )
  })

  test('the field gatehouse is taken out', () => {
    const withOptions = BODY.replace('"messages"', '"gatehouse":{"tags":["a"]}, "messages"')
    expect(pass(withOptions, 'route').body).toBe(BODY)
  })
})

describe('thinking that nobody signed, because another family thought it', () => {
  const mixed = BODY.replace(
    '{"type":"redacted_thinking"',
    '{"type":"thinking","thinking":"a foreign thought","signature":""},{"type":"redacted_thinking"',
  )

  test('is left out with a notice where the provider would refuse it; signed thinking stays', () => {
    const { body, notices } = pass(mixed, 'route', { quirks: { unsealedReasoning: false } })
    expect(body).not.toContain('a foreign thought')
    expect(notices).toContain('reasoning.dropped=undefined')
    expect(parseJsonObject(body)).toMatchObject({
      messages: [
        {},
        { content: [{ thinking: 'hmé', signature: 'EsgDCkYI+/=' }, { data: 'b3Bh' }, { type: 'tool_use' }] },
        {},
      ],
    })
  })

  test('passes byte for byte where it is not known to be refused', () => {
    expect(pass(mixed, 'route')).toMatchObject({ body: mixed, notices: [] })
  })

  test('is the only reason to touch a conversation', () => {
    expect(pass(BODY, 'route', { quirks: { unsealedReasoning: false } }).body).toBe(BODY)
  })
})

test('a proof of another family, which travels with the client, reaches no provider of this one', () => {
  const proof = wrapSignature({
    signature: { family: 'elsewhere', scheme: 'proof', value: 'v' },
    callId: 'toolu_1',
  })
  const carried = BODY.replace(
    '{"type":"tool_use"',
    `{"type":"redacted_thinking","data":${JSON.stringify(proof)}},{"type":"tool_use"`,
  )
  expect(carried).not.toBe(BODY)
  const { body } = pass(carried, 'route')
  expect(body).not.toContain('elsewhere')
  expect(body).toContain('"data":"b3Bh"')
})

test('version and beta flags are untouched; a missing version is the default', () => {
  const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'a-known,b-unknown', 'x-app': 'cli' }
  expect(pass(BODY, 'route', { headers }).headers).toEqual(headers)
  expect(pass(BODY, 'route').headers).toEqual({ 'anthropic-version': '2023-06-01' })
})

describe('the attribution line of a client', () => {
  const line = (hash: string): string => `{"type":"text","text":"x-anthropic-billing-header: cch=${hash}"}`
  const body = (hash: string): string =>
    `{"model":"route","max_tokens":1,"system":[${line(hash)},{"type":"text","text":"You are."}],"messages":[{"role":"user","content":"hi"}]}`

  test('reaches the vendor untouched', () => {
    expect(pass(body('a1'), 'route', { quirks: { keepAttribution: true } }).body).toBe(body('a1'))
  })

  test('is taken out for everybody else, so that bodies are equal', () => {
    const { body: sent, notices } = pass(body('a1'), 'route')
    expect(sent).toBe(body('a1').replace(`${line('a1')},`, ''))
    expect(pass(body('b2'), 'route').body).toBe(sent)
    expect(notices).toEqual(['attribution.stripped=system'])
  })

  const asked = (system: string): string =>
    `{"model":"route","max_tokens":1,"system":${system},"messages":[{"role":"user","content":"hi"}]}`

  test.each([
    [
      'a string',
      '"x-anthropic-billing-header: cch=a1\\nYou are a \\"castle\\".\\n\\nx"',
      '"You are a \\"castle\\".\\n\\nx"',
    ],
    [
      'a segment',
      '[{"type":"text","text":"x-anthropic-billing-header: cch=a1\\nYou are.","cache_control":{"type":"ephemeral"}}]',
      '[{"type":"text","text":"You are.","cache_control":{"type":"ephemeral"}}]',
    ],
  ])('at the head of %s, it alone is taken out', (_what, system, left) => {
    expect(pass(asked(system), 'route').body).toBe(asked(left))
  })

  test('alone, it takes system along', () => {
    const alone =
      '{"model":"route","max_tokens":1,"system":"x-anthropic-billing-header: cch=1","messages":[{"role":"user","content":"hi"}]}'
    expect(parseJsonObject(pass(alone, 'route').body)?.['system']).toBeUndefined()
  })
})

describe('what is known to be refused is not passed on', () => {
  test('sampling goes where the model refuses it, with a notice where something is lost', () => {
    const given =
      '{"temperature":0.4,"model":"m","top_p":1,"max_tokens":9,"top_k":5,"messages":[{"role":"user","content":"h\\u0069"}]}'
    const passed = pass(given, 'm', { capabilities: { sampling: false } })
    expect(passed.body).toBe('{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"h\\u0069"}]}')
    expect(passed.notices).toEqual(['param.dropped=temperature', 'param.dropped=top_k'])
    expect(pass(given, 'm').body).toBe(given)
  })

  test('no more output is asked for than the model gives', () => {
    const given = '{"model":"m","max_tokens":5000,"messages":[{"role":"user","content":"hi"}]}'
    const passed = pass(given, 'm', { capabilities: { maxOutputTokens: 4_096 } })
    expect(passed.body).toBe(given.replace('5000', '4096'))
    expect(passed.notices).toEqual(['max-tokens.clamped=max_tokens'])
  })

  test('a user whose name is too long gets a shorter one, beside what else is told of them', () => {
    const user = 'u'.repeat(257)
    const given = `{"model":"m","max_tokens":9,"metadata":{"x":1,"user_id":"${user}"},"messages":[{"role":"user","content":"hi"}]}`
    const passed = pass(given, 'm', { quirks: { maxUserCharacters: 256 } })
    const metadata = readObject(parseJsonObject(passed.body) ?? {}, 'metadata')
    expect(metadata?.['x']).toBe(1)
    expect(metadata?.['user_id']).toMatch(/^[0-9a-f]{64}$/)
    expect(passed.notices).toEqual(['param.clamped=user'])
  })

  test('ids that the provider refuses are others, alike on call and result', () => {
    const given = BODY.replaceAll('toolu_1', 'functions.f:0')
    expect(pass(given, 'route').body).toBe(given)
    const passed = pass(given, 'route', { quirks: { toolCallId: { pattern: 'identifier', length: 64 } } })
    const [, spoken, answered] = readObjects(parseJsonObject(passed.body) ?? {}, 'messages')
    const call = readObjects(spoken ?? {}, 'content').at(-1)
    const [result] = readObjects(answered ?? {}, 'content')
    expect(call?.['id']).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(result?.['tool_use_id']).toBe(call?.['id'])
  })

  test('the beginning of an answer is refused where it cannot be continued, one that the provider broke off is not', () => {
    const ending = (block: string): string =>
      `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[${block}]}]}`
    const newest = { capabilities: { prefill: false } }
    expect(() => pass(ending('{"type":"text","text":"{"}'), 'm', newest)).toThrow('does not continue')
    const paused = ending('{"type":"server_tool_use","id":"s","name":"web_search","input":{}}')
    expect(pass(paused, 'm', newest).body).toBe(paused)
  })
})
