import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { ask } from './asking.ts'
import { openScriptedProvider } from './scripted-provider.ts'

/*
 * What a guardrail has masked in a question stands in the answer as the client wrote it, and no provider has seen it.
 */

const MAIL = 'ana.lopez@example.com'
const SAID = `Dear ${MAIL}, <EMAIL_0000> < is not you; ${MAIL} is.`

let provider: SimulatedProvider
let gateway: RunningGateway

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  gateway = await openRunningGateway({
    config: `
providers:
${CLIENT_DIALECTS.map((name) => `  ${name}: { type: sim, base_url: "${provider.url}/${name === 'gemini' ? 'v1beta' : 'v1'}", key: env:KEY, dialects: [${name}] }`).join('\n')}
guardrails:
  data: { detect: [personal], action: mask, as: PERSON, routes: ["put-back-*"] }
  kept: { detect: [personal], action: mask, restore: false, routes: ["kept-*"] }
routes:
${CLIENT_DIALECTS.flatMap((name) => [`  put-back-${name}: [${name}/echo]`, `  kept-${name}: [${name}/echo]`]).join('\n')}
`,
    environment: { KEY: TEST_CREDENTIAL },
  })
})

afterAll(async () => {
  await gateway.close()
  await provider.close()
})

const CELLS = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.flatMap((target) =>
    MODES.map((mode) => ({ name: `${dialect} → ${target}, ${mode}`, dialect, target, mode })),
  ),
)

describe.each(CELLS)('$name', ({ dialect, target, mode }) => {
  const say = (route: string) =>
    ask(gateway.url, {
      dialect,
      mode,
      model: `${route}-${target}`,
      key: gateway.key,
      text: SAID,
      maxTokens: 256,
    })

  test('is answered with what it says', async () => {
    const before = provider.requests.all().length
    const answer = await say('put-back')
    expect(answer).toMatchObject({ status: 200, complete: true, text: SAID })
    const sent = provider.requests
      .all()
      .slice(before)
      .map(({ body }) => new TextDecoder().decode(body))
      .join('')
    expect(sent).not.toContain(MAIL)
    expect(sent).toMatch(/Dear (?:<|\\u003c)PERSON_[0-9A-Z]{4}/)
  })

  test('is answered with placeholders where nothing is to be put back', async () => {
    const { text } = await say('kept')
    expect(text.replaceAll(/<EMAIL_(?!0000)[0-9A-Z]{4}>/g, MAIL)).toBe(SAID)
    expect(text).not.toContain(MAIL)
  })
})

/*
 * A provider signs a thought in which a placeholder stands, and calls a tool with it. The client reads the value in both and sends them
 * back; the provider gets the very bytes that it has signed.
 */
describe('a thought with a signature, and a call, in a stream', () => {
  const signed: string[] = []
  const thinker = openScriptedProvider(({ body }) => {
    const [placeholder = ''] = /<PERSON_[0-9A-Z]+>/.exec(body) ?? []
    const thought = `The user is ${placeholder}; I write to ${placeholder}.`
    const input = `{"to": "${placeholder}", "note": "\\u003c${placeholder.slice(1, -1)}\\u003e"}`
    signed.push(thought)
    const block = (
      index: number,
      start: JsonObject,
      deltas: readonly JsonObject[],
    ): readonly JsonObject[] => [
      { type: 'content_block_start', index, content_block: start },
      ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]
    const usage = { input_tokens: 1, output_tokens: 1 }
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], usage }
    const events: readonly JsonObject[] = [
      { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } },
      ...block(0, { type: 'thinking', thinking: '', signature: '' }, [
        ...inPieces(thought).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: 'c2lnbmVk' },
      ]),
      ...block(
        1,
        { type: 'tool_use', id: 'toolu_1', name: 'send', input: {} },
        inPieces(input).map((piece) => ({ type: 'input_json_delta', partial_json: piece })),
      ),
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
      { type: 'message_stop' },
    ]
    const text = events.map(
      (event) => `event: ${readString(event, 'type')}\ndata: ${JSON.stringify(event)}\n\n`,
    )
    return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } })
  })
  let house: RunningGateway

  beforeAll(async () => {
    house = await openRunningGateway({
      config: `
providers:
  far: { base_url: "${thinker.url}/v1", dialects: [anthropic-messages], key: env:KEY }
models: { far/m: { price: { input: 1, output: 2 } } }
routes: { short: [far/m], long: [far/m] }
guardrails:
  data: { detect: [email], action: mask, as: PERSON, routes: [short] }
  kept: { detect: [email], action: mask, as: PERSON, remember: 1d, routes: [long] }
`,
      environment: { KEY: 'far-key' },
    })
  })

  afterAll(async () => {
    await house.close()
    await thinker.close()
  })

  /** What the client reads: the thought, its proof, and what the tool is called with. */
  const say = async (model: string, messages: readonly JsonObject[]) => {
    const response = await fetch(`${house.url}/v1/messages`, {
      method: 'POST',
      headers: {
        'x-api-key': house.key,
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
      },
      body: JSON.stringify({
        model,
        max_tokens: 4_096,
        stream: true,
        thinking: { type: 'enabled', budget_tokens: 1_024 },
        tools: [{ name: 'send', input_schema: { type: 'object' } }],
        messages,
      }),
    })
    const text = await response.text()
    expect([response.status, text]).toEqual([200, text])
    const deltas = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => readObject(parseJsonObject(data) ?? {}, 'delta') ?? {},
    )
    const all = (member: string): string => deltas.map((delta) => readString(delta, member) ?? '').join('')
    return {
      thinking: all('thinking'),
      signature: all('signature'),
      input: parseJsonObject(all('partial_json')) ?? {},
    }
  }

  test.each(['short', 'long'])('comes back as it was signed: placeholders are %s', async (model) => {
    const question = { role: 'user', content: `I am ${MAIL}.` }
    const { thinking, signature, input } = await say(model, [question])
    expect(thinking).toBe(`The user is ${MAIL}; I write to ${MAIL}.`)
    expect(signature).toBe('c2lnbmVk')
    expect(input).toEqual({ to: MAIL, note: MAIL })
    await say(model, [
      question,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking, signature },
          { type: 'tool_use', id: 'toolu_1', name: 'send', input },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'sent' }] },
    ])
    const sent = thinker.calls.at(-1)?.body ?? ''
    expect(sent).not.toContain(MAIL)
    const [, answered] = readObjects(parseJsonObject(sent) ?? {}, 'messages')
    const [thought, call] = readObjects(answered ?? {}, 'content')
    expect(thought).toMatchObject({ type: 'thinking', thinking: signed.at(-2), signature: 'c2lnbmVk' })
    const [placeholder] = /<PERSON_[0-9A-Z]+>/.exec(signed.at(-2) ?? '') ?? []
    expect(readObject(call ?? {}, 'input')).toEqual({ to: placeholder, note: placeholder })
  })
})

/** A text in pieces of three characters, so that every placeholder is cut. */
function inPieces(text: string): readonly string[] {
  return text.match(/[^]{1,3}/g) ?? []
}
