import { NO_USAGE, type Usage } from '../../src/exchange/usage.ts'
import { parseJsonObject, readString, type Json, type JsonObject } from '../../src/kit/json.ts'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import type { ClientDialect } from '../modes.ts'

/** How the provider counts the input of every request; what it is asked is about as long. */
export const INPUT_TOKENS = 50
/** Output that every request allows. */
export const MOST_OUTPUT = 400
/** What an answer says, one word per token. */
const WORDS = ['So ', 'it ', 'was ', 'told ', 'to ', 'me ', 'once ', 'upon ', 'a ', 'time.']
/** What was thought before, and never shown. */
const THOUGHT = 30
const SETTLE_MS = 15

/** What a request does to its provider and its client, and what it is billed. */
export interface Ending {
  /** How much the provider says of usage while it writes: nothing, as it goes, or also at the end. */
  readonly tells: 'nothing' | 'as-it-goes' | 'at-the-end'
  /** What comes of it: a whole answer, a cut after some words, an error, or silence until the client is gone. */
  readonly comes: 'all' | 'cut' | 'error' | 'silence'
  /** Does the client leave when it has read something, or at once? */
  readonly leaves?: 'reading' | 'waiting'
  /** Status of an error that comes instead of an answer. */
  readonly status?: number
  /** Does the provider go on to the end of what was allowed, and bill it? */
  readonly goesOn?: true
  /** Lies: replaces the numbers of every report. */
  readonly lies?: Partial<Said>
  /** True where the provider charges nothing. */
  readonly free?: true
}

export interface HostileProvider {
  readonly url: string
  /** What each attempt is billed, by its id. */
  readonly bill: ReadonlyMap<string, Usage>
  close(): Promise<void>
}

/**
 * Opens a provider that speaks both dialects, ends every answer as the model's name says, and keeps its own bill. Names are keys of
 * `endings`.
 */
export async function openHostileProvider(
  endings: Readonly<Record<string, Ending>>,
): Promise<HostileProvider> {
  const bill = new Map<string, Usage>()
  const upstream: RawUpstream = await openRawUpstream((call) => {
    const body = parseJsonObject(call.body) ?? {}
    const ending = endings[readString(body, 'model') ?? '']
    if (ending === undefined) throw new Error('nobody has scripted this model')
    const attemptId = /^x-gatehouse-attempt: *(\S+)/im.exec(call.head)?.[1] ?? ''
    if (ending.free !== true) bill.set(attemptId, { ...NO_USAGE, ...billed(ending) })
    const dialect = call.head.includes('/messages ') ? 'anthropic-messages' : 'openai-chat'
    if (ending.comes === 'error' && ending.status !== undefined) return refuse(call, dialect, ending)
    return body['stream'] === true ? stream(call, dialect, ending) : answer(call, dialect, ending)
  })
  return { url: upstream.url, bill, close: () => upstream.close() }
}

/** Words that were written, and thoughts that are billed with them. */
function billed({ comes, goesOn, status }: Ending): Pick<Usage, 'inputTokens' | 'outputTokens'> {
  if (goesOn === true) return { inputTokens: INPUT_TOKENS, outputTokens: MOST_OUTPUT }
  const words = comes === 'all' ? WORDS.length : WORDS.length / 2
  const outputTokens = status === undefined ? words + THOUGHT : 7
  return { inputTokens: INPUT_TOKENS, outputTokens }
}

/** Numbers of a report; a text of the form `#1e999` is written as the number that it says, which is beyond all numbers. */
interface Said {
  readonly input: number | string
  readonly output: number | string
}

function usageOf(dialect: ClientDialect, counts: Said, lies: Partial<Said> = {}): JsonObject {
  const { input, output } = { ...counts, ...lies }
  return dialect === 'openai-chat'
    ? { prompt_tokens: input, completion_tokens: output }
    : { input_tokens: input, output_tokens: output }
}

function refuse(call: RawCall, dialect: ClientDialect, { status, tells }: Ending): void {
  const counts = { input: INPUT_TOKENS, output: 7 }
  const usage = tells === 'nothing' ? {} : { usage: usageOf(dialect, counts) }
  const body = JSON.stringify({ type: 'error', error: { type: 'api_error', message: 'no' }, ...usage })
  call.write(
    rawHead(`${status} Odd`, { 'content-type': 'application/json', 'content-length': body.length }) + body,
  )
}

/** Frames of a stream up to the ending, each of which says a word and, perhaps, what was used so far. */
function stream(call: RawCall, dialect: ClientDialect, ending: Ending): void {
  const { comes, tells, lies } = ending
  if (comes === 'silence') return
  const send = (frame: JsonObject): void => {
    const name = dialect === 'anthropic-messages' ? `event: ${readString(frame, 'type') ?? ''}\n` : ''
    call.chunk(`${name}data: ${text(frame)}\n\n`)
  }
  const count = (words: number): JsonObject =>
    usageOf(dialect, { input: INPUT_TOKENS, output: words + THOUGHT }, lies)
  call.write(RAW_STREAM)
  if (dialect === 'anthropic-messages') send(messageStart(tells === 'nothing' ? undefined : count(0)))
  const words = comes === 'all' ? WORDS : WORDS.slice(0, WORDS.length / 2)
  for (const [index, word] of words.entries()) {
    send(dialect === 'openai-chat' ? chunk({ content: word }) : textDelta(word))
    if (tells !== 'as-it-goes') continue
    const usage = count(index + 1)
    send(dialect === 'openai-chat' ? { ...chunk({}), usage } : { type: 'message_delta', delta: {}, usage })
  }
  if (comes === 'error') return finishWithError(call, send, count(words.length))
  if (ending.leaves !== undefined) return
  if (comes === 'cut') return breakOff(call)
  const usage = tells === 'nothing' ? {} : { usage: count(words.length) }
  if (dialect === 'openai-chat') {
    send({ ...chunk({}, 'stop'), ...usage })
    call.chunk('data: [DONE]\n\n')
  } else {
    send({ type: 'content_block_stop', index: 0 })
    send({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, ...usage })
    send({ type: 'message_stop' })
  }
  call.write(RAW_LAST_CHUNK)
}

/** Breaks off when what was written has been read: a reset overtakes it otherwise. */
function breakOff(call: RawCall): void {
  void call.wait(SETTLE_MS).then(() => call.reset())
}

function finishWithError(call: RawCall, send: (frame: JsonObject) => void, usage: JsonObject): void {
  send({ type: 'error', error: { type: 'api_error', message: 'no' }, usage })
  call.write(RAW_LAST_CHUNK)
}

function chunk(delta: JsonObject, finish: string | null = null): JsonObject {
  return { id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] }
}

function messageStart(usage: JsonObject | undefined): JsonObject {
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [] }
  return { type: 'message_start', message: usage === undefined ? message : { ...message, usage } }
}

function textDelta(word: string): JsonObject {
  return { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: word } }
}

/** A whole answer; what it says of usage stands first, so that a cut comes behind it. */
function answer(call: RawCall, dialect: ClientDialect, ending: Ending): void {
  const { comes, tells, lies } = ending
  if (comes === 'silence' || ending.leaves !== undefined) return
  const words = comes === 'all' ? WORDS : WORDS.slice(0, WORDS.length / 2)
  const counts = { input: INPUT_TOKENS, output: words.length + THOUGHT }
  const usage = tells === 'nothing' ? {} : { usage: usageOf(dialect, counts, lies) }
  const said: JsonObject =
    comes === 'error'
      ? { type: 'error', error: { type: 'api_error', message: 'no' } }
      : dialect === 'openai-chat'
        ? {
            id: 'c',
            choices: [{ index: 0, message: { content: words.join('') }, finish_reason: 'stop' }],
          }
        : {
            id: 'm',
            type: 'message',
            content: [{ type: 'text', text: words.join('') }],
            stop_reason: 'end_turn',
          }
  const body = text({ ...usage, ...said })
  const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }
  call.write(rawHead('200 OK', headers))
  call.chunk(comes === 'cut' ? body.slice(0, -20) : body)
  if (comes === 'cut') return breakOff(call)
  call.write(RAW_LAST_CHUNK)
}

/** JSON text of what is said. */
function text(value: Json): string {
  return JSON.stringify(value).replaceAll(/"#([^"]*)"/g, '$1')
}
