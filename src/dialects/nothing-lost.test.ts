import { describe, expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { parseJsonObject, readArray, readObjects, type Json, type JsonObject } from '../kit/json.ts'
import * as anthropic from './anthropic-messages/anthropic-messages.ts'
import * as openai from './openai-chat/openai-chat.ts'
import { speakChat, type SpokenChat } from './speak-chat.fixture.ts'

const anthropicMessages = speakChat(anthropic.anthropicMessages)
const openaiChat = speakChat(openai.openaiChat)

/*
 * What a client says reaches a model of another family, in whatever form, or is refused by the name that the client gave it. An
 * answer to half a request is an answer to another question, and a notice beside it is read by nobody.
 */

interface Told {
  readonly body: JsonObject
  readonly notices: readonly string[]
}

/** What a provider of one dialect is told of what a client of another wrote. */
function translate(body: JsonObject, client: SpokenChat, provider: SpokenChat): Told {
  const notices: string[] = []
  const wire = provider.encodeRequest(client.decodeRequest(body).request, {
    model: 'm',
    quirks: {},
    capabilities: {},
    headers: {},
    notice: (code, subject) => void notices.push(subject === undefined ? code : `${code}=${subject}`),
  })
  return { body: parseJsonObject(wire.body) ?? {}, notices }
}

function refusalOf(run: () => unknown): Failure {
  try {
    run()
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown
    throw thrown
  }
  throw new Error('was not refused')
}

const CALL = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }

describe('from a client of OpenAI to a model of Anthropic', () => {
  const told = (body: JsonObject): Told =>
    translate(
      { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...body },
      openaiChat,
      anthropicMessages,
    )
  const said = (content: Json, role = 'user'): Json => {
    const [first, second] = readObjects(
      told({
        messages: [
          { role: 'user', content: 'q' },
          { role, content },
        ],
      }).body,
      'messages',
    )
    return role === 'user' ? readArray(first ?? {}, 'content').slice(1) : readArray(second ?? {}, 'content')
  }

  test.each<[string, JsonObject, JsonObject]>([
    ['input_text', { type: 'input_text', text: 'What is 2+2?' }, { type: 'text', text: 'What is 2+2?' }],
    ['output_text', { type: 'output_text', text: 'a', annotations: [] }, { type: 'text', text: 'a' }],
    [
      'input_image',
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
    ],
    [
      'input_image with an object',
      { type: 'input_image', image_url: { url: 'https://e.com/a.png' }, detail: 'auto' },
      { type: 'image', source: { type: 'url', url: 'https://e.com/a.png' } },
    ],
    [
      'input_file',
      { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
      {
        type: 'document',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
        title: 'a.pdf',
      },
    ],
    [
      'document of text',
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'the code is 42' },
        title: 'T',
        citations: { enabled: true },
      },
      {
        type: 'document',
        source: { type: 'text', media_type: 'text/plain', data: 'the code is 42' },
        title: 'T',
        citations: { enabled: true },
      },
    ],
    [
      'document of parts',
      { type: 'document', source: { type: 'content', content: [{ type: 'input_text', text: 'a' }] } },
      { type: 'document', source: { type: 'content', content: [{ type: 'text', text: 'a' }] } },
    ],
    [
      'image with a source',
      { type: 'image', source: { type: 'url', url: 'https://e.com/a.png' } },
      { type: 'image', source: { type: 'url', url: 'https://e.com/a.png' } },
    ],
  ])('%s is understood', (_what, part, block) => {
    expect(said([part])).toEqual([block])
  })

  test.each([
    ['data:image/jpg;base64,/9j/4AAQ', 'image/jpeg'],
    ['data:IMAGE/PNG;base64,AAAA', 'image/png'],
    ['DATA:image/png;BASE64,AAAA', 'image/png'],
    ['data:;base64,iVBORw0KGgo=', 'image/png'],
    ['data:image/gif,GIF89a%01', 'image/gif'],
  ])('an image of %s is one of %s', (url, type) => {
    expect(said([{ type: 'image_url', image_url: { url } }])).toMatchObject([
      { source: { media_type: type } },
    ])
  })

  test.each([
    'data:image/svg+xml;base64,PHN2Zy8+',
    'data:image/svg+xml,<svg/>',
    'data:image/bmp;base64,Qk0=',
    'data:;base64,AAAA',
    'data:image/png',
    'data:image/png,%',
    'file:///etc/passwd',
    'AAAA',
  ])('an image of %s is refused where it stands', (url) => {
    expect(refusalOf(() => said([{ type: 'image_url', image_url: { url } }]))).toMatchObject({
      code: 'unsupported-feature',
      details: { param: 'messages[1].content[0]' },
    })
  })

  test('calls and results among the parts are calls and results', () => {
    const { body, notices } = told({
      messages: [
        { role: 'user', content: 'weather?' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Looking.' },
            { type: 'tool_use', id: 'toolu_1', name: 'gw', input: { c: 'X' } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: '72' }] }],
        },
      ],
    })
    expect(readObjects(body, 'messages').slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Looking.' },
          { type: 'tool_use', id: 'toolu_1', name: 'gw', input: { c: 'X' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '72' }] },
    ])
    expect(notices).toEqual([])
  })

  const user = (...content: readonly Json[]): JsonObject => ({
    messages: [{ role: 'user', content: [...content] }],
  })
  const answer = (fields: JsonObject): JsonObject => ({
    messages: [
      { role: 'user', content: 'q' },
      { role: 'assistant', ...fields },
      { role: 'user', content: 'and?' },
    ],
  })
  const novel = { type: 'hologram', hologram: 1 }

  test.each<[string, string, JsonObject]>([
    ['an unknown part', 'messages[0].content[1]', user({ type: 'text', text: 'see' }, novel)],
    [
      'one of a system message',
      'messages[0].content[0]',
      { messages: [{ role: 'system', content: [novel] }] },
    ],
    ['one of an answer', 'messages[1].content[0]', answer({ content: [novel] })],
    [
      'one of a result',
      'messages[2].content[0]',
      {
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content: null, tool_calls: [CALL] },
          { role: 'tool', tool_call_id: 'c', content: [novel] },
        ],
      },
    ],
    ['earlier audio', 'messages[1].audio', answer({ content: null, audio: { id: 'audio_1' } })],
    [
      'audio',
      'messages[0].content[0]',
      user({ type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } }),
    ],
    ['video', 'messages[0].content[0]', user({ type: 'video_url', video_url: { url: 'https://e.com/a' } })],
    ['a file kept elsewhere', 'messages[0].content[0]', user({ type: 'file', file: { file_id: 'file-1' } })],
    ['an image kept elsewhere', 'messages[0].content[0]', user({ type: 'input_image', file_id: 'file-1' })],
    [
      'images beside the content',
      'messages[0].images',
      { messages: [{ role: 'user', content: 'a', images: ['AA'] }] },
    ],
    ['an earlier answer', 'previous_response_id', { previous_response_id: 'resp_1' }],
    ['an earlier conversation', 'conversation', { conversation: { id: 'conv_1' } }],
    ['a stored prompt', 'prompt', { prompt: { id: 'pmpt_1' } }],
    ['documents beside the messages', 'documents', { documents: [{ text: 'a' }] }],
    ['instructions beside the messages', 'instructions', { instructions: 'Be brief.' }],
    ['a search that the provider runs', 'web_search_options', { web_search_options: {} }],
    ['another tool that the provider runs', 'tools[0]', { tools: [{ type: 'web_search' }] }],
    ['several answers', 'n', { n: 2 }],
  ])('%s is refused as %s', (_what, param, body) => {
    expect(refusalOf(() => told(body))).toMatchObject({ code: 'unsupported-feature', details: { param } })
  })

  test.each(['not json', '[1]', '"text"'])('arguments that are %j are refused where they stand', (text) => {
    const call = { ...CALL, function: { name: 'f', arguments: text } }
    expect(refusalOf(() => told(answer({ content: null, tool_calls: [CALL, call] })))).toMatchObject({
      code: 'invalid-request',
      details: { param: 'messages[1].tool_calls[1].function.arguments' },
    })
    const old = { name: 'f', arguments: text }
    expect(refusalOf(() => told(answer({ content: null, function_call: old }))).details.param).toBe(
      'messages[1].function_call.arguments',
    )
  })
})

describe('from a client of Anthropic to a model of OpenAI', () => {
  const told = (body: JsonObject): Told =>
    translate(
      { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...body },
      anthropicMessages,
      openaiChat,
    )
  const novel = { type: 'hologram', hologram: 1 }
  const found = { type: 'tool_reference', tool_name: 'WebFetch' }
  const call = { type: 'tool_use', id: 'toolu_1', name: 'ToolSearch', input: {} }
  const round = (...content: readonly Json[]): readonly Json[] => [
    { role: 'user', content: 'x' },
    { role: 'assistant', content: [call] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [...content] }] },
  ]

  test('the tools that a search has found are told in words', () => {
    const { body, notices } = told({ messages: round(found, { ...found, tool_name: 'WebSearch' }) })
    expect(readObjects(body, 'messages')[2]).toEqual({
      role: 'tool',
      tool_call_id: 'toolu_1',
      content: 'The tool WebFetch is available now.\nThe tool WebSearch is available now.',
    })
    expect(notices).toEqual([
      'native.reworded=messages[2].content[0].content[0]',
      'native.reworded=messages[2].content[0].content[1]',
    ])
  })

  test('a tool that joins is offered and told, one that leaves is told', () => {
    const definition = {
      name: 'WebFetch',
      description: 'Fetches.',
      input_schema: { type: 'object', properties: {} },
    }
    const changes = [
      { type: 'tool_addition', tool: { type: 'tool_definition', definition } },
      { type: 'tool_removal', tool: { type: 'tool_reference', name: 'Bash' } },
    ]
    const tools = [{ name: 'Bash', input_schema: { type: 'object', properties: {} } }]
    const { body } = told({
      tools,
      messages: [...round('a').slice(0, 1), { role: 'system', content: changes }],
    })
    expect(readObjects(body, 'tools').map((tool) => tool['function'])).toMatchObject([
      { name: 'Bash' },
      { name: 'WebFetch', description: 'Fetches.' },
    ])
    expect(readObjects(body, 'messages')[1]).toEqual({
      role: 'system',
      content: [
        { type: 'text', text: 'The tool WebFetch is available now.' },
        { type: 'text', text: 'The tool Bash is not available any more.' },
      ],
    })
  })

  test('a tool that joins stays where it is towards its own family', () => {
    const definition = { name: 'WebFetch', input_schema: { type: 'object', properties: {} } }
    const addition = { type: 'tool_addition', tool: { type: 'tool_definition', definition } }
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'system', content: [addition] },
    ]
    const given = { model: 'm', max_tokens: 9, messages }
    const context = {
      model: 'm',
      quirks: {},
      capabilities: { midSystemTurns: true },
      headers: {},
      notice: () => undefined,
    }
    const wire = anthropicMessages.encodeRequest(anthropicMessages.decodeRequest(given).request, context)
    const body = parseJsonObject(wire.body) ?? {}
    expect(body['tools']).toBeUndefined()
    expect(readObjects(body, 'messages')[1]).toEqual({ role: 'system', content: [addition] })
  })

  test('the traffic of tools that the provider ran is left out of its answer, and told', () => {
    const content = [
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
      { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
      { type: 'text', text: 'Found.' },
    ]
    const { body, notices } = told({
      messages: [
        { role: 'user', content: 'q' },
        { role: 'assistant', content },
        { role: 'user', content: 'and?' },
      ],
    })
    expect(readObjects(body, 'messages')[1]).toEqual({ role: 'assistant', content: 'Found.' })
    expect(notices).toEqual([
      'native.dropped=messages[1].content[0]',
      'native.dropped=messages[1].content[1]',
    ])
  })

  const turns = (...messages: readonly Json[]): JsonObject => ({
    messages: [{ role: 'user', content: 'q' }, ...messages],
  })

  test.each<[string, string, JsonObject]>([
    ['an unknown block', 'messages[0].content[0]', { messages: [{ role: 'user', content: [novel] }] }],
    ['one of the system prompt', 'system[0]', { system: [novel] }],
    ['one of a system turn', 'messages[1].content[0]', turns({ role: 'system', content: [novel] })],
    ['one of an answer', 'messages[1].content[0]', turns({ role: 'assistant', content: [novel] })],
    ['one of a result', 'messages[2].content[0].content[0]', { messages: round(novel) }],
    [
      'the summary of a conversation',
      'messages[1].content[0]',
      turns({ role: 'assistant', content: [{ type: 'compaction', content: 'a' }] }),
    ],
    [
      'a file in a container',
      'messages[1].content[0]',
      turns({ role: 'user', content: [{ type: 'container_upload', file_id: 'f' }] }),
    ],
    [
      'an image in an answer',
      'messages[1].content[0]',
      turns({
        role: 'assistant',
        content: [{ type: 'image', source: { type: 'url', url: 'https://e.com/a' } }],
      }),
    ],
    [
      'a kept file',
      'messages[1].content[0]',
      turns({ role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'f' } }] }),
    ],
    [
      'an image from nowhere',
      'messages[1].content[0]',
      turns({ role: 'user', content: [{ type: 'image', source: { type: 'dream' } }] }),
    ],
    ['a call of the user', 'messages[1].content[0].input', turns({ role: 'user', content: [call] })],
    [
      'a result of the assistant',
      'messages[1].content[0]',
      turns({ role: 'assistant', content: [{ type: 'tool_result', tool_use_id: 'x' }] }),
    ],
    [
      'a server of tools that joins',
      'messages[1].content[0]',
      turns({
        role: 'system',
        content: [{ type: 'tool_addition', tool: { type: 'mcp_toolset_reference', server_name: 's' } }],
      }),
    ],
    [
      'a hosted tool that joins',
      'messages[1].content[0].tool.definition',
      turns({
        role: 'system',
        content: [
          {
            type: 'tool_addition',
            tool: { type: 'tool_definition', definition: { type: 'web_search_20260209', name: 'w' } },
          },
        ],
      }),
    ],
    ['a hosted tool', 'tools[0]', { tools: [{ type: 'web_search_20260209', name: 'web_search' }] }],
    [
      'a server of tools',
      'mcp_servers[0]',
      { mcp_servers: [{ type: 'url', url: 'https://e.com', name: 's' }] },
    ],
    ['a conversation that is begun to be kept', 'thread', { thread: { type: 'create' } }],
    ['a conversation that is kept', 'thread', { thread: { type: 'continue', previous_message_id: 'msg_1' } }],
    ['a container', 'container', { container: 'container_1' }],
  ])('%s is refused as %s', (_what, param, body) => {
    expect(refusalOf(() => told(body))).toMatchObject({ code: 'unsupported-feature', details: { param } })
  })
})

describe('what a provider keeps is asked of those alone that keep it, also where bytes pass', () => {
  const pass = (body: JsonObject, dialect: SpokenChat, keeps?: readonly string[]): void => {
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const { request } = dialect.decodeRequest(body)
    dialect.passRequest(bytes, {
      request,
      model: 'm',
      quirks: keeps === undefined ? {} : { keeps },
      capabilities: {},
      headers: {},
      notice: () => undefined,
    })
  }

  test.each<[string, string, SpokenChat]>([
    ['thread', 'messages', anthropicMessages],
    ['container', 'messages', anthropicMessages],
    ['previous_response_id', 'chat', openaiChat],
    ['conversation', 'chat', openaiChat],
  ])('%s', (field, _endpoint, dialect) => {
    const body = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], [field]: 'kept_1' }
    expect(refusalOf(() => pass(body, dialect))).toMatchObject({ details: { param: field } })
    expect(() => pass(body, dialect, [field])).not.toThrow()
    expect(() => pass({ ...body, [field]: null }, dialect)).not.toThrow()
  })
})
