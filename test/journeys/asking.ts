import { readDecision } from '../../src/exchange/decision-record.ts'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import type { RequestRow } from '../../src/store/store.ts'
import type { ClientDialect, Mode } from '../modes.ts'

export interface Question {
  readonly dialect: ClientDialect
  readonly mode: Mode
  readonly model: string
  readonly key?: string
  readonly text?: string
  readonly maxTokens?: number
  /** Further members of the body. */
  readonly extra?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** What a client got, in words that both dialects share. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** The body as it came. */
  readonly wire: string
  readonly text: string
  readonly finish: string | undefined
  /** Was the end told: a whole unary body, `[DONE]`, `message_stop`? */
  readonly complete: boolean
  /** The `error` object, of a refusal or inside a stream. */
  readonly error: JsonObject | undefined
  /** The last usage object that was told. */
  readonly usage: JsonObject | undefined
}

const PATHS: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': '/v1/chat/completions',
  'anthropic-messages': '/v1/messages',
}

/** The body that a client of the dialect writes. */
function bodyOf({
  dialect,
  mode,
  model,
  text = 'Tell me a story.',
  maxTokens = 64,
  extra,
}: Question): JsonObject {
  const stream = mode === 'stream'
  return {
    model,
    messages: [{ role: 'user', content: text }],
    max_tokens: maxTokens,
    stream,
    ...(stream && dialect === 'openai-chat' ? { stream_options: { include_usage: true } } : {}),
    ...extra,
  }
}

/** Sends a question and hands back the raw response. */
export function send(url: string, question: Question): Promise<Response> {
  const { dialect, key, signal, headers } = question
  return fetch(`${url}${PATHS[dialect]}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify(bodyOf(question)),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Asks and reads the whole answer. */
export async function ask(url: string, question: Question): Promise<Answer> {
  return readAnswer(await send(url, question), question)
}

/** Reads a response to its end, in whichever form it came. */
export async function readAnswer(
  response: Response,
  { dialect }: Pick<Question, 'dialect'>,
): Promise<Answer> {
  const { status, headers } = response
  const wire = await response.text()
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
  const told = isStream ? readStream(wire, dialect) : readWhole(wire, dialect)
  return { status, headers, wire, ...told }
}

type Told = Pick<Answer, 'text' | 'finish' | 'complete' | 'error' | 'usage'>

function readWhole(wire: string, dialect: ClientDialect): Told {
  const body = parseJsonObject(wire) ?? {}
  const error = readObject(body, 'error')
  const choice = readObjects(body, 'choices')[0] ?? {}
  const text =
    dialect === 'openai-chat'
      ? (readString(readObject(choice, 'message') ?? {}, 'content') ?? '')
      : readObjects(body, 'content')
          .map((block) => readString(block, 'text') ?? '')
          .join('')
  const finish =
    dialect === 'openai-chat' ? readString(choice, 'finish_reason') : readString(body, 'stop_reason')
  return {
    text,
    finish,
    complete: error === undefined && finish !== undefined,
    error,
    usage: readObject(body, 'usage'),
  }
}

function readStream(wire: string, dialect: ClientDialect): Told {
  let told: Told = { text: '', finish: undefined, complete: false, error: undefined, usage: undefined }
  for (const frame of wire.replaceAll(/\r\n?/g, '\n').split('\n\n')) {
    const data = frame
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trim())
      .join('\n')
    if (data === '[DONE]') told = { ...told, complete: told.error === undefined }
    const event = parseJsonObject(data)
    if (event !== undefined)
      told = dialect === 'openai-chat' ? readChunk(told, event) : readEvent(told, event)
  }
  return told
}

function readChunk(told: Told, event: JsonObject): Told {
  const choice = readObjects(event, 'choices')[0] ?? {}
  const delta = readObject(choice, 'delta') ?? {}
  return {
    ...told,
    text: told.text + (readString(delta, 'content') ?? ''),
    finish: readString(choice, 'finish_reason') ?? told.finish,
    error: readObject(event, 'error') ?? told.error,
    usage: readObject(event, 'usage') ?? told.usage,
  }
}

function readEvent(told: Told, event: JsonObject): Told {
  const delta = readObject(event, 'delta') ?? {}
  const usage = readObject(event, 'usage') ?? readObject(readObject(event, 'message') ?? {}, 'usage')
  return {
    text: told.text + (readString(delta, 'text') ?? ''),
    finish: readString(delta, 'stop_reason') ?? told.finish,
    complete: told.complete || event['type'] === 'message_stop',
    error: readObject(event, 'error') ?? told.error,
    usage: usage === undefined ? told.usage : { ...told.usage, ...usage },
  }
}

/** The attempts that the decision of a request lists, in order. */
export function attemptsOf({ decision }: RequestRow): readonly JsonObject[] {
  return readObjects(readDecision(decision ?? '') ?? {}, 'steps').filter(({ step }) => step === 'attempt')
}
