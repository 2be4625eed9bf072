import { describe, expect, test } from 'bun:test'
import * as fc from 'fast-check'
import {
  answerTurnArbitrary,
  chatRequestArbitrary,
  systemTurnArbitrary,
  toolRoundArbitrary,
  turnsArbitrary,
  userTurnArbitrary,
} from '../../../test/arbitraries/chat.ts'
import type { ChatRequest, Tool, Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
import { withoutLocations } from '../../exchange/without-locations.fixture.ts'
import type { Capabilities, Quirks } from '../../exchange/target.ts'
import {
  parseJson,
  parseJsonObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { decodeRequest } from './decode-request.ts'
import type { RequestContext } from '../dialect.ts'
import { encodeCountRequest, encodeRequest } from './encode-request.ts'

interface Setting {
  readonly capabilities?: Capabilities
  readonly quirks?: Quirks
  readonly headers?: Readonly<Record<string, string>>
}

interface Encoded {
  readonly text: string
  readonly body: JsonObject
  readonly headers: Readonly<Record<string, string>>
  readonly notices: readonly string[]
}

function encode(request: ChatRequest | CountTokensRequest, setting: Setting = {}): Encoded {
  const notices: string[] = []
  const context: RequestContext = {
    model: 'claude-test',
    capabilities: setting.capabilities ?? {},
    quirks: setting.quirks ?? {},
    headers: setting.headers ?? {},
    notice: (code, subject) => void notices.push(subject === undefined ? code : `${code}=${subject}`),
  }
  const { body, headers } =
    request.operation === 'chat' ? encodeRequest(request, context) : encodeCountRequest(request, context)
  const parsed = parseJsonObject(body)
  if (parsed === undefined) throw new Error(`not JSON: ${body}`)
  return { text: body, body: parsed, headers, notices }
}

const text = (value: string): Block => ({ type: 'text', text: value })
const user = (...blocks: readonly (string | Block)[]): Turn => ({
  role: 'user',
  blocks: blocks.map((block) => (typeof block === 'string' ? text(block) : block)),
})
const assistant = (...blocks: readonly (string | Block)[]): Turn => ({
  ...user(...blocks),
  role: 'assistant',
})
const system = (...blocks: readonly (string | Block)[]): Turn => ({ ...user(...blocks), role: 'system' })
const call = (id: string, json: string, name = 'f'): Block => ({
  type: 'tool-call',
  id,
  name,
  arguments: json,
  form: 'json',
})
const result = (callId: string, ...blocks: readonly (string | Block)[]): Block => ({
  type: 'tool-result',
  callId,
  isError: false,
  blocks: user(...blocks).blocks,
})
const tool = (name: string, more: Partial<Extract<Tool, { type: 'function' }>> = {}): Tool => ({
  type: 'function',
  name,
  parameters: { type: 'object', properties: {} },
  ...more,
})

function chat(turns: readonly Turn[] = [user('hi')], more: Partial<ChatRequest> = {}): ChatRequest {
  return {
    operation: 'chat',
    model: 'route',
    turns,
    maxOutputTokens: 100,
    stream: false,
    wantsUsage: true,
    ...more,
  }
}

const messages = (encoded: Encoded): readonly JsonObject[] => readObjects(encoded.body, 'messages')
const rolesOf = (encoded: Encoded): unknown => messages(encoded).map((message) => message['role'])

function failureOf(run: () => unknown): Failure {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

/** Arguments as they look after a client's body was parsed; reasoning with a signature of this family. */
function toOwn(turns: readonly Turn[]): readonly Turn[] {
  return turns.map((turn) => ({
    ...turn,
    blocks: turn.blocks.map((block): Block => {
      if (block.type === 'tool-call') {
        return { ...block, arguments: JSON.stringify(parseJson(block.arguments)) }
      }
      if (block.type !== 'reasoning') return block
      return { ...block, signature: { family: 'anthropic', scheme: 'signature', value: 'sig/+=' } }
    }),
  }))
}

describe('properties', () => {
  test('what can be said reads back as it was', () => {
    fc.assert(
      fc.property(chatRequestArbitrary, (generated) => {
        const request = { ...generated, turns: toOwn(generated.turns), wantsUsage: true }
        const { body } = encode(request)
        expect(withoutLocations(decodeRequest(body).request)).toEqual({
          ...request,
          model: 'claude-test',
          maxOutputTokens: request.maxOutputTokens ?? 8_192,
        })
      }),
    )
  })

  const anyTurns = fc
    .array(
      fc.oneof(
        systemTurnArbitrary.map((turn): readonly Turn[] => [turn]),
        userTurnArbitrary.map((turn): readonly Turn[] => [turn]),
        fc.constant<readonly Turn[]>([user(''), assistant('')]),
        fc.tuple(answerTurnArbitrary, userTurnArbitrary),
        toolRoundArbitrary,
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((rounds) => rounds.flat())

  test('the same request gives the same text', () => {
    fc.assert(
      fc.property(turnsArbitrary, (turns) => {
        expect(encode(chat(turns)).text).toBe(encode(chat(structuredClone(turns))).text)
      }),
    )
  })

  test('a conversation that goes on after an answer begins with the same bytes', () => {
    const written = (turns: readonly Turn[]): string => {
      const { text: body } = encode(chat(turns))
      return body.slice(body.indexOf('"messages":'), body.indexOf(',"max_tokens"'))
    }
    fc.assert(
      fc.property(turnsArbitrary, anyTurns, answerTurnArbitrary, (first, middle, answer) => {
        const asked = [...first, ...toOwn(middle), user('and?')]
        const before = written(asked)
        const after = written([...asked, ...toOwn([answer]), user('more')])
        expect(after.startsWith(before.slice(0, -1))).toBe(true)
      }),
    )
  })

  test('an encoded conversation is one the API accepts in shape', () => {
    fc.assert(
      fc.property(anyTurns, (turns) => {
        const encoded = encode(chat(turns))
        const roles = messages(encoded).map((message) => message['role'])
        expect(roles[0]).toBe('user')
        expect(roles.every((role, index) => role !== roles[index - 1])).toBe(true)
        for (const message of messages(encoded)) {
          const types = readObjects(message, 'content').map((block) => block['type'])
          expect(types.length).toBeGreaterThan(0)
          expect(types.lastIndexOf('tool_result')).toBe(
            types.filter((type) => type === 'tool_result').length - 1,
          )
        }
        expect(encoded.text).not.toContain('"text":""')
      }),
    )
  })
})

describe('turns', () => {
  test('a golden request', () => {
    const request = chat(
      [
        system('Be brief.'),
        user('Sum', { type: 'media', kind: 'image', source: { from: 'url', url: 'https://e.com/a.png' } }),
        assistant(
          {
            type: 'reasoning',
            text: 'hm',
            form: 'full',
            signature: { family: 'anthropic', scheme: 'signature', value: 'Esg=' },
          },
          call('toolu_1', '{"a": 1.0, "b": 1e400}'),
        ),
        user(result('toolu_1', '3')),
      ],
      {
        tools: [tool('f', { description: 'Adds.' })],
        toolChoice: { type: 'auto' },
        stream: true,
        stop: ['END'],
      },
    )
    expect(encode(request).text).toBe(
      '{"model":"claude-test","tools":[{"name":"f","description":"Adds.","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"auto"},"system":"Be brief.","messages":[{"role":"user","content":[{"type":"text","text":"Sum"},{"type":"image","source":{"type":"url","url":"https://e.com/a.png"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"Esg="},{"type":"tool_use","id":"toolu_1","name":"f","input":{"a": 1.0, "b": 1e400}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"3"}]}],"max_tokens":100,"stop_sequences":["END"],"stream":true}',
    )
  })

  test('the leading system run keeps its segments and their marks', () => {
    const marked: Block = { type: 'text', text: 'b', cache: { ttl: '1h' } }
    const encoded = encode(chat([system('a'), system(marked, ''), user('hi')]))
    expect(encoded.body['system'] ?? null).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ])
  })

  test('a system turn in the middle stays where it is', () => {
    const turns = [system('s'), user('a'), assistant('b'), system('note'), user('c')]
    const wrapped = encode(chat(turns))
    expect(wrapped.body['system'] ?? null).toBe('s')
    expect(rolesOf(wrapped)).toEqual(['user', 'assistant', 'user'])
    expect(messages(wrapped)[2]).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: '<system-note>note</system-note>' },
        { type: 'text', text: 'c' },
      ],
    })
    expect(wrapped.notices).toContain('system.relocated')
    const native = encode(chat(turns), { capabilities: { midSystemTurns: true } })
    expect(rolesOf(native)).toEqual(['user', 'assistant', 'system', 'user'])
    expect(native.notices).toEqual([])
  })

  test('results of parallel calls come together, before text', () => {
    const encoded = encode(
      chat([
        user('go'),
        assistant(call('a', '{}')),
        assistant(call('b', '{}')),
        user('wait', result('a', '1')),
        user(result('b', '2')),
      ]),
    )
    expect(rolesOf(encoded)).toEqual(['user', 'assistant', 'user'])
    expect(readObjects(messages(encoded)[2] ?? {}, 'content').map((block) => block['type'])).toEqual([
      'tool_result',
      'tool_result',
      'text',
    ])
    expect(encoded.notices).toContain('turn.merged')
  })

  test('empty text is left out, an empty user turn is a dot, an empty answer is nothing', () => {
    const encoded = encode(chat([user(''), assistant('', call('a', '')), user(result('a'), '')]))
    expect(messages(encoded)).toEqual([
      { role: 'user', content: [{ type: 'text', text: '.' }] },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
    ])
    expect(rolesOf(encode(chat([user('a'), assistant(''), user('b')])))).toEqual(['user'])
  })

  test.each(['\n', ' \u00a0', ' \r\n\t'])(
    'white space alone (%j) is empty text, wherever it stands',
    (blank) => {
      const encoded = encode(
        chat([
          system(blank),
          user(blank),
          assistant(blank, call('a', '')),
          user(result('a', blank), blank),
          system(blank),
          assistant(blank),
          user('b', blank),
        ]),
      )
      expect(encoded.body['system']).toBeUndefined()
      expect(messages(encoded)).toEqual([
        { role: 'user', content: [{ type: 'text', text: '.' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      ])
    },
  )

  test('the beginning of an answer loses the white space at its end, past answers keep theirs', () => {
    const encoded = encode(chat([user('a'), assistant('b \n'), user('c'), assistant('{ ', ' ')]))
    const said = messages(encoded).map((message) =>
      readObjects(message, 'content').map(({ text: one }) => one),
    )
    expect(said).toEqual([['a'], ['b \n'], ['c'], ['{']])
    expect(encoded.notices).toEqual(['prefill.trimmed'])
  })

  test('a conversation that begins with the assistant, or with nobody, gets a first user turn', () => {
    expect(rolesOf(encode(chat([assistant('a'), user('b')])))).toEqual(['user', 'assistant', 'user'])
    const silent = encode(chat([system('only this')]))
    expect(rolesOf(silent)).toEqual(['user'])
    expect(silent.notices).toContain('turn.seeded=messages')
  })

  test('a prefill goes through unless the model is known to refuse it', () => {
    const turns = [user('a'), assistant('{')]
    expect(rolesOf(encode(chat(turns)))).toEqual(['user', 'assistant'])
    const refused = failureOf(() => encode(chat(turns), { capabilities: { prefill: false } }))
    expect(refused.code).toBe('unsupported-feature')
  })

  test('a client attribution line is left out, except for the vendor', () => {
    const line = 'x-anthropic-billing-header: cc_version=1; cch=a1b2'
    const turns = [system(line, 'You are.'), user('hi')]
    const other = encode(chat([system(line.replace('a1b2', 'zzzz'), 'You are.'), user('hi')]))
    expect(encode(chat(turns)).text).toBe(other.text)
    expect(encode(chat(turns), { quirks: { keepAttribution: true } }).text).toContain('cch=a1b2')
  })

  test('what follows the attribution line in its text stays', () => {
    const turns = [system('x-anthropic-billing-header: cch=a1b2\nYou are.'), user('hi')]
    expect(encode(chat(turns)).body['system']).toBe('You are.')
  })

  test('names and developer rank are noted', () => {
    const turns: readonly Turn[] = [
      { ...system('s'), rank: 'developer' },
      { ...user('a'), name: 'Ann' },
    ]
    expect(encode(chat(turns)).notices).toEqual(['rank.weakened=developer', 'name.dropped=name'])
  })
})

describe('reasoning in the conversation', () => {
  const foreign = { family: 'openai', scheme: 'encrypted', value: 'gAAA' }

  test('foreign signatures and unsigned reasoning are dropped with a notice, never turned to text', () => {
    const turns = [
      user('a'),
      assistant({ type: 'reasoning', text: 'secret thought', form: 'summary', signature: foreign }, 'b'),
      user('c'),
      assistant({ type: 'reasoning', text: 'secret thought', form: 'full' }, 'd'),
      user('e'),
    ]
    const encoded = encode(chat(turns))
    expect(encoded.text).not.toContain('secret thought')
    expect(encoded.notices).toEqual(['seal.foreign', 'reasoning.dropped'])
  })

  test('a redacted block goes back whole', () => {
    const signature = { family: 'anthropic', scheme: 'redacted-thinking', value: 'b3Bh' }
    const turns = [
      user('a'),
      assistant({ type: 'reasoning', text: '', form: 'hidden', signature }, 'b'),
      user('c'),
    ]
    expect(messages(encode(chat(turns)))[1]?.['content']).toEqual([
      { type: 'redacted_thinking', data: 'b3Bh' },
      { type: 'text', text: 'b' },
    ])
  })

  test('thinking without text keeps its signature', () => {
    const signature = { family: 'anthropic', scheme: 'signature', value: 'Esg=' }
    const turns = [
      user('a'),
      assistant({ type: 'reasoning', text: '', form: 'full', signature }, 'b'),
      user('c'),
    ]
    expect(encode(chat(turns)).text).toContain('{"type":"thinking","thinking":"","signature":"Esg="}')
  })
})

describe('tool calls', () => {
  const round = (id: string, json: string): readonly Turn[] => [
    user('a'),
    assistant(call(id, json)),
    user(result(id, 'r')),
  ]

  test('arguments are spliced as they stand', () => {
    const raw = '{"z":1.0,"a":12345678901234567890,"big":1e400,"__proto__":{"x":1}}'
    expect(encode(chat(round('a', raw))).text).toContain(`"input":${raw}}`)
    expect(encode(chat(round('a', ''))).text).toContain('"input":{}}')
  })

  test.each(['{"a":', '[1]', '"text"', 'null'])('arguments %s are refused by name', (json) => {
    const failure = failureOf(() => encode(chat(round('call_7', json))))
    expect(failure.code).toBe('invalid-request')
    expect(failure.details.param).toBe('messages')
  })

  test.each(['functions.search:0', 'x'.repeat(65), 'é'])('id %s is mapped for call and result', (id) => {
    const encoded = encode(chat(round(id, '{}')))
    const wireId = readObjects(messages(encoded)[1] ?? {}, 'content')[0]?.['id']
    expect(wireId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(messages(encoded)[2]).toMatchObject({ content: [{ tool_use_id: wireId }] })
  })

  test('a name that is too long or illegal is shortened, the same everywhere', () => {
    const name = `mcp.${'x'.repeat(140)}`
    const turns = [user('a'), assistant(call('a', '{}', name)), user(result('a', 'r'))]
    const encoded = encode(chat(turns, { tools: [tool(name)], toolChoice: { type: 'tool', name } }))
    const wireName = readString(readObjects(encoded.body, 'tools')[0] ?? {}, 'name') ?? ''
    expect(wireName).toMatch(/^mcp_x+_[0-9a-f]{10}$/)
    expect(wireName.length).toBe(128)
    expect(encoded.text.split(JSON.stringify(wireName))).toHaveLength(4)
    expect(encoded.body['tool_choice'] ?? null).toEqual({ type: 'tool', name: wireName })
    expect(encoded.notices).toContain(`tool.renamed=${name}`)
  })

  test('media inside results are kept, errors are marked', () => {
    const image: Block = {
      type: 'media',
      kind: 'image',
      source: { from: 'bytes', base64: 'aGk=', mediaType: 'image/png' },
    }
    const failed: Block = { type: 'tool-result', callId: 'a', isError: true, blocks: [text('no'), image] }
    const encoded = encode(chat([user('a'), assistant(call('a', '{}')), user(failed)]))
    expect(messages(encoded)[2]?.['content']).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        content: [
          { type: 'text', text: 'no' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'aGk=' } },
        ],
        is_error: true,
      },
    ])
  })

  test('free text input of the past becomes the one field', () => {
    const patch: Block = { type: 'tool-call', id: 'a', name: 'patch', arguments: 'a "b"\n', form: 'text' }
    expect(encode(chat([user('a'), assistant(patch), user(result('a', 'ok'))])).text).toContain(
      '"input":{"input":"a \\"b\\"\\n"}',
    )
  })
})

describe('media', () => {
  const document = (base64: string, mediaType: string): Block => ({
    type: 'media',
    kind: 'document',
    source: { from: 'bytes', base64, mediaType },
    name: 'a.pdf',
    context: 'old',
    cite: true,
  })
  const sent = (block: Block): Json => {
    const [first] = readObjects(messages(encode(chat([user(block)])))[0] ?? {}, 'content')
    return first ?? null
  }

  test('a PDF is sent as bytes, text as text', () => {
    expect(sent(document('JVBERi0=', 'application/pdf'))).toEqual({
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      title: 'a.pdf',
      context: 'old',
      citations: { enabled: true },
    })
    expect(sent(document('aMOp', 'text/csv'))).toMatchObject({
      source: { type: 'text', media_type: 'text/plain', data: 'hé' },
    })
  })

  test.each<[string, Block]>([
    ['audio', { type: 'media', kind: 'audio', source: { from: 'url', url: 'https://e.com/a.wav' } }],
    ['video', { type: 'media', kind: 'video', source: { from: 'url', url: 'https://e.com/a.mp4' } }],
    [
      'a foreign file',
      { type: 'media', kind: 'image', source: { from: 'file', family: 'openai', fileId: 'f' } },
    ],
    ['an unknown document', document('UEsD', 'application/zip')],
  ])('%s is refused, never dropped', (_name, block) => {
    expect(failureOf(() => sent(block)).code).toBe('unsupported-feature')
  })

  test('traffic of another family is dropped with a notice', () => {
    const raw = { type: 'web_search_call' }
    const native: Block = { type: 'native', family: 'openai', raw, elsewhere: '' }
    const encoded = encode(chat([user('a'), assistant(native, 'b'), user('c')]))
    expect(encoded.notices).toEqual(['native.dropped=messages'])
    expect(encoded.text).not.toContain('web_search_call')
  })
})

describe('tools', () => {
  const toolsOf = (tools: readonly Tool[], more: Partial<ChatRequest> = {}, setting: Setting = {}): Encoded =>
    encode(chat([user('a')], { tools, ...more }), setting)

  test('get the schema that every API takes, with a notice where it says something else', () => {
    const bare: Tool = { type: 'function', name: 'f' }
    const encoded = toolsOf([bare, tool('g', { parameters: { anyOf: [] } })])
    expect(readObjects(encoded.body, 'tools')).toEqual([
      { name: 'f', input_schema: { type: 'object', properties: {} } },
      { name: 'g', input_schema: { type: 'object', properties: {} } },
    ])
    expect(encoded.notices).toEqual(['schema.lowered=g'])
  })

  test('a free-text tool becomes a function of one string, grammar included', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
    const encoded = toolsOf([{ type: 'text', name: 'apply_patch', description: 'Patches.', format }])
    const [emulated] = readObjects(encoded.body, 'tools')
    expect(emulated).toMatchObject({ name: 'apply_patch', input_schema: { required: ['input'] } })
    expect(emulated?.['description']).toContain('start: "x"')
    expect(encoded.notices).toEqual(['tool.emulated=apply_patch'])
  })

  test('hosted tools pass within the family and are refused from another', () => {
    const raw = { type: 'web_search_20260209', name: 'web_search', max_uses: 2 }
    const own = toolsOf([{ type: 'hosted', family: 'anthropic', name: raw.type, raw }])
    expect(readObjects(own.body, 'tools')).toEqual([raw])
    const foreign = failureOf(() => toolsOf([{ type: 'hosted', family: 'openai', name: 'x', raw: {} }]))
    expect(foreign.code).toBe('unsupported-feature')
    expect(foreign.details.param).toBe('tools[0]')
  })

  test('choices are told in the words of the API', () => {
    const choose = (more: Partial<ChatRequest>): Json => {
      return toolsOf([tool('f'), tool('g')], more).body['tool_choice'] ?? null
    }
    expect(choose({})).toBe(null)
    expect(choose({ toolChoice: { type: 'required' } })).toEqual({ type: 'any' })
    expect(choose({ toolChoice: { type: 'none' }, parallelToolCalls: false })).toEqual({ type: 'none' })
    expect(choose({ parallelToolCalls: false })).toEqual({ type: 'auto', disable_parallel_tool_use: true })
    expect(choose({ toolChoice: { type: 'allowed', mode: 'required', names: ['g'] } })).toEqual({
      type: 'tool',
      name: 'g',
    })
  })

  test('a subset of tools is offered by leaving the others out', () => {
    const toolChoice = { type: 'allowed', mode: 'auto', names: ['g', 'h'] } as const
    const encoded = toolsOf([tool('f'), tool('g'), tool('h')], { toolChoice })
    expect(readObjects(encoded.body, 'tools').map((one) => one['name'])).toEqual(['g', 'h'])
    expect(encoded.notices).toEqual(['tool-choice.weakened=tool_choice'])
  })

  test('thinking and a forced tool exclude each other: the choice gives way', () => {
    const more = { toolChoice: { type: 'required' }, reasoning: { effort: 'high' } } as const
    const encoded = toolsOf([tool('f')], more)
    expect(encoded.body).toMatchObject({ tool_choice: { type: 'auto' }, thinking: { type: 'adaptive' } })
    expect(encoded.notices).toEqual(['tool-choice.weakened=tool_choice'])
  })

  test('a choice without tools is left out', () => {
    const encoded = toolsOf([], { toolChoice: { type: 'auto' }, parallelToolCalls: false })
    expect(encoded.body['tool_choice']).toBeUndefined()
    expect(encoded.notices).toEqual(['param.dropped=tool_choice'])
  })
})

test('cache marks stand where the client put them; an unknown lifetime is left out', () => {
  const marked: Block = { type: 'text', text: 'a', cache: { ttl: '30m' } }
  const encoded = encode(
    chat([user(marked)], { tools: [tool('f', { cache: {} })], cache: { ttl: '5m' }, cacheKey: 'k' }),
  )
  expect(encoded.body).toMatchObject({
    tools: [{ cache_control: { type: 'ephemeral' } }],
    messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }],
    cache_control: { type: 'ephemeral', ttl: '5m' },
  })
  expect(encoded.notices).toEqual(['cache.hint-dropped=prompt_cache_key', 'cache.hint-dropped=ttl'])
})

test('version and beta flags of a client of the dialect travel, else the default version', () => {
  expect(encode(chat()).headers).toEqual({ 'anthropic-version': '2023-06-01' })
  const headers = {
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'a-known,b-unknown',
    'openai-beta': 'x',
  }
  expect(encode(chat(), { headers }).headers).toEqual({
    'anthropic-version': '2026-10-21',
    'anthropic-beta': 'a-known,b-unknown',
  })
})

test('counting sends the conversation without limits and sampling', () => {
  const counted = chat([user('a')], { temperature: 0.5, stop: ['x'], user: 'u', tools: [tool('f')], seed: 1 })
  const encoded = encode({ operation: 'count-tokens', model: 'route', chat: counted, stream: false })
  expect(Object.keys(encoded.body)).toEqual(['model', 'tools', 'messages'])
  expect(encoded.notices).toEqual([])
})

test('counting asks for no answer, so that none is begun by a last turn of the assistant', () => {
  const counted = chat([user('a'), assistant('b')])
  const request: CountTokensRequest = {
    operation: 'count-tokens',
    model: 'route',
    chat: counted,
    stream: false,
  }
  expect(rolesOf(encode(request, { capabilities: { prefill: false } }))).toEqual(['user', 'assistant'])
})

test('unknown fields of the family survive at every level, those of others are noted', () => {
  const own = { anthropic: { x: 1 } }
  const encoded = encode(
    chat([{ ...user({ type: 'text', text: 'a', extra: own }), extra: own }], {
      tools: [tool('f', { extra: { anthropic: { defer_loading: true } } })],
      extra: { anthropic: { context_management: { edits: [] } }, openai: { store: true } },
    }),
  )
  expect(encoded.body).toMatchObject({
    context_management: { edits: [] },
    tools: [{ defer_loading: true }],
    messages: [{ x: 1, content: [{ x: 1 }] }],
  })
  expect(encoded.notices).toEqual(['unknown.dropped=store'])
})
