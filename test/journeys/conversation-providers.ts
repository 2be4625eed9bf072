import { parseJsonObject, readObjects, readString, type Json, type JsonObject } from '../../src/kit/json.ts'
import { openScriptedProvider, type ScriptedCall, type ScriptedProvider } from './scripted-provider.ts'

/** What a provider was asked: how, where, and in which words. */
export interface AskedOf {
  readonly method: string
  readonly path: string
  readonly key: string
  readonly body: JsonObject
}

/** A provider that a conversation is had with. */
export interface ConversationProvider {
  readonly url: string
  readonly asked: readonly AskedOf[]
  last(): AskedOf
  /** Answers with this status from now on; undefined: as always. */
  fail(status: number | undefined): void
  close(): Promise<void>
}

function open(answer: (asked: AskedOf, ordinal: number) => Response): ConversationProvider {
  const asked: AskedOf[] = []
  let failing: number | undefined
  const provider: ScriptedProvider = openScriptedProvider(({ body, path, request }: ScriptedCall) => {
    const key = request.headers.get('x-api-key') ?? request.headers.get('authorization')?.slice(7) ?? ''
    const one = { method: request.method, path, key, body: parseJsonObject(body) ?? {} }
    asked.push(one)
    if (failing !== undefined)
      return Response.json({ error: { message: 'not now', type: 'server_error' } }, { status: failing })
    return answer(one, asked.length)
  })
  return {
    url: provider.url,
    asked,
    last: () => asked.at(-1) ?? { method: '', path: '', key: '', body: {} },
    fail: (status) => void (failing = status),
    close: provider.close,
  }
}

function sse(events: readonly JsonObject[]): Response {
  const text = events.map(
    (event) => `event: ${readString(event, 'type')}\ndata: ${JSON.stringify(event)}\n\n`,
  )
  return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } })
}

/** One that speaks Responses itself and stores what it is not told to forget. */
export function openResponsesProvider(): ConversationProvider {
  const kept = new Set<string>()
  return open(({ method, path, body, key }, ordinal) => {
    const id = path.split('/')[3] ?? ''
    if (method === 'DELETE') {
      if (kept.delete(`${key} ${id}`)) return Response.json({ id, object: 'response', deleted: true })
      return refuse(404, `Response with id '${id}' not found.`)
    }
    const previous = readString(body, 'previous_response_id')
    if (previous !== undefined && !kept.has(`${key} ${previous}`))
      return refuse(400, `Previous response with id '${previous}' not found.`)
    if (path.endsWith('/compact')) return Response.json(compactionOf(body, ordinal))
    const response = responseOf(body, ordinal)
    if (response['store'] === true) kept.add(`${key} ${readString(response, 'id')}`)
    const events = ladder(response)
    // Its answer to one question breaks off.
    if (body['input'] === 'Break!') return sse(events.slice(0, 4))
    return body['stream'] === true ? sse(events) : Response.json(response)
  })
}

function refuse(status: number, message: string): Response {
  return Response.json(
    { error: { message, type: 'invalid_request_error', param: null, code: null } },
    { status },
  )
}

function compactionOf({ input = [] }: JsonObject, ordinal: number): JsonObject {
  const said = Array.isArray(input)
    ? readObjects({ input }, 'input').filter(({ role }) => role === 'user')
    : []
  const { usage = null, created_at = 0 } = responseOf({}, ordinal)
  const output = [...said, { type: 'compaction', id: `cmp_native${ordinal}`, encrypted_content: 'sealed' }]
  return { id: `resp_native${ordinal}`, object: 'response.compaction', created_at, output, usage }
}

function responseOf(body: JsonObject, ordinal: number): JsonObject {
  const id = `resp_native${ordinal}`
  const text = `native answer ${ordinal}`
  return {
    id,
    object: 'response',
    created_at: 1_790_000_000,
    status: 'completed',
    error: null,
    incomplete_details: null,
    model: readString(body, 'model') ?? '',
    previous_response_id: readString(body, 'previous_response_id') ?? null,
    store: body['store'] !== false,
    vendor_only: { kept: 1.5 },
    output: [
      { type: 'reasoning', id: `rs_native${ordinal}`, summary: [] },
      {
        type: 'message',
        id: `msg_native${ordinal}`,
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
      },
    ],
    usage: {
      input_tokens: 10,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 4,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 14,
    },
  }
}

function ladder(response: JsonObject): readonly JsonObject[] {
  const opened = { ...response, status: 'in_progress', output: [], usage: null }
  const [, message = {}] = readObjects(response, 'output')
  const part = readObjects(message, 'content')[0] ?? {}
  const at = { item_id: message['id'] ?? null, output_index: 1, content_index: 0 }
  const events: readonly JsonObject[] = [
    { type: 'response.created', response: opened },
    { type: 'response.output_item.added', output_index: 1, item: { ...message, content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    { type: 'response.output_text.delta', ...at, delta: part['text'] ?? '' },
    { type: 'response.output_text.done', ...at, text: part['text'] ?? '' },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 1, item: message },
    { type: 'response.completed', response },
  ]
  return events.map((event, index) => ({ ...event, sequence_number: index }))
}

/** One that speaks Messages, and says how many messages it was sent. */
export function openMessagesProvider(): ConversationProvider {
  return open(({ body }) => {
    const { messages } = body
    const text = `message ${Array.isArray(messages) ? messages.length : 0}`
    const usage = { input_tokens: 10, output_tokens: 4 }
    const message: JsonObject = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage,
    }
    if (body['stream'] !== true) return Response.json(message)
    const delta: Json = { type: 'text_delta', text }
    return sse([
      { type: 'message_start', message: { ...message, content: [], stop_reason: null } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage },
      { type: 'message_stop' },
    ])
  })
}

/** The texts of the messages that a provider of Messages was sent, each behind who says it. */
export function messagesOf({ body }: AskedOf): readonly string[] {
  return readObjects(body, 'messages').map((message) => {
    const { content } = message
    const texts = typeof content === 'string' ? content : readObjects({ content: content ?? [] }, 'content')
    const text = typeof texts === 'string' ? texts : texts.map((part) => readString(part, 'text')).join('')
    return `${readString(message, 'role')}: ${text}`
  })
}
