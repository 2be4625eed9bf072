import { parseJsonObject, readString } from '../../src/kit/json.ts'
import type { ManualClock } from '../../src/kit/manual-clock.fixture.ts'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  rawAnswer,
  rawHead,
  type RawCall,
} from '../../src/kit/raw-upstream.fixture.ts'
import type { ClientDialect, Mode } from '../modes.ts'

/** What the provider charges for an answer that it gave whole. */
export const USAGE = { input: 9, output: 3 } as const
/** Time passes in steps of a twentieth of what has passed, so that every limit is met closely and ten minutes are soon over. */
const STEP_MS = 1_000
const STEP_SHARE = 0.05
/** Between two steps, of the machine's time: what a limit sets off is seen before more time passes. */
const LOOK_MS = 4
/** Long enough for bytes on loopback to be read before time moves on. */
const SETTLE_MS = 30

/** One call to a faulty provider, and the words with which it answers in the caller's dialect. */
export interface FaultyCall extends RawCall {
  readonly mode: Mode
  /** Calls for this model so far, this one included. */
  readonly time: number
  /** A whole answer with its usage. */
  answer(text: string): void
  /** The head and the first words of an answer that goes on: a stream, or half of a body. */
  begin(text: string): Promise<void>
  /** One frame of a stream, or a piece of a body, as it stands. */
  piece(data: string): void
  /** The rest of a stream, its usage told, without the words by which the dialect ends it and the end of its transport. */
  finish(): void
  /** A whole answer in one body, without the end of its transport. */
  whole(text: string): void
  /** The end of the transport of a body in chunks. */
  last(): void
  /** A refusal in the dialect's envelope, or with a body of its own. */
  refuse(status: string, error: Refusal): void
  /** Lets the time of the gateway pass; ends early when the caller hangs up. */
  pass(ms: number): Promise<void>
}

export interface Refusal {
  readonly type?: string
  readonly code?: string
  readonly message?: string
  readonly headers?: Readonly<Record<string, string | number>>
}

/** An attempt as the provider has it in its books. */
export interface BilledCall {
  /** Id of the attempt, as the gateway named it. */
  readonly attempt: string
  readonly model: string
  readonly mode: Mode
  /** What became of it: a whole answer whose usage was told, a refusal, an answer that broke off, or nothing. */
  state: 'told' | 'refused' | 'begun' | 'silent'
  /** Did an answer that broke off tell what was read? */
  inputTold: boolean
}

export interface FaultyProvider {
  readonly url: string
  readonly bill: readonly BilledCall[]
  close(): Promise<void>
}

/** Opens a provider that answers each model by its script; models without one answer at once. */
export async function openFaultyProvider(
  scripts: ReadonlyMap<string, (call: FaultyCall) => void | Promise<void>>,
  clock: ManualClock,
): Promise<FaultyProvider> {
  const bill: BilledCall[] = []
  const upstream = await openRawUpstream(async (raw) => {
    const model = readString(parseJsonObject(raw.body) ?? {}, 'model') ?? ''
    const attempt = /^x-gatehouse-attempt: *(\S+)/im.exec(raw.head)?.[1] ?? ''
    const mode: Mode = raw.body.includes('"stream":true') ? 'stream' : 'unary'
    const entry: BilledCall = { attempt, model, mode, state: 'silent', inputTold: false }
    bill.push(entry)
    const time = bill.filter((call) => call.model === model).length
    const call = dress(raw, { time, clock, entry })
    await (scripts.get(model) ?? answerWell)(call)
  })
  return { url: upstream.url, bill, close: () => upstream.close() }
}

function answerWell(call: FaultyCall): void {
  call.answer(`${readString(parseJsonObject(call.body) ?? {}, 'model')} is well.`)
}

interface Dressing {
  readonly time: number
  readonly clock: ManualClock
  readonly entry: BilledCall
}

function dress(raw: RawCall, { time, clock, entry }: Dressing): FaultyCall {
  const { mode } = entry
  const tongue = /\/messages\b/.test(raw.head) ? MESSAGES : CHAT
  let closed = false
  const settle = async (): Promise<void> => {
    closed ||= !(await raw.wait(SETTLE_MS))
  }
  const call: FaultyCall = {
    ...raw,
    mode,
    time,
    answer(text) {
      entry.state = 'told'
      if (mode === 'unary') return raw.write(rawAnswer(tongue.whole(text), JSON_TYPE))
      raw.write(RAW_STREAM)
      for (const frame of [...tongue.words(text), ...tongue.finish, tongue.end]) raw.chunk(frame)
      raw.write(RAW_LAST_CHUNK)
    },
    async begin(text) {
      entry.state = 'begun'
      entry.inputTold = mode === 'stream' && tongue === MESSAGES
      if (mode === 'unary') {
        const body = tongue.whole(text)
        raw.write(rawAnswer(body, JSON_TYPE).slice(0, -Math.ceil(body.length / 2)))
      } else {
        raw.write(RAW_STREAM)
        for (const frame of tongue.words(text)) raw.chunk(frame)
      }
      await settle()
    },
    piece: (data) => raw.chunk(data),
    finish() {
      entry.state = 'told'
      for (const frame of tongue.finish) raw.chunk(frame)
    },
    whole(text) {
      entry.state = 'told'
      raw.write(rawHead('200 OK', { ...JSON_TYPE, 'transfer-encoding': 'chunked' }))
      raw.chunk(tongue.whole(text))
    },
    last: () => raw.write(RAW_LAST_CHUNK),
    refuse(status, { headers = {}, ...error }) {
      entry.state = 'refused'
      const body = JSON.stringify(tongue.error(error))
      raw.write(rawAnswer(body, { ...JSON_TYPE, ...headers }).replace('200 OK', status))
    },
    async pass(ms) {
      await settle()
      for (let passed = 0; passed < ms && !closed;) {
        const stepMs = Math.max(STEP_MS, passed * STEP_SHARE)
        passed += stepMs
        clock.advance(stepMs)
        closed = !(await raw.wait(LOOK_MS))
      }
    },
  }
  return call
}

const JSON_TYPE = { 'content-type': 'application/json' } as const
const frame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`
const event = (type: string, data: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

interface Tongue {
  whole(text: string): string
  words(text: string): readonly string[]
  readonly finish: readonly string[]
  readonly end: string
  error(error: Refusal): object
}

const CHAT_MEMBERS = { id: 'c1', created: 1_764_000_000, model: 'm' }
const CHAT_USAGE = {
  prompt_tokens: USAGE.input,
  completion_tokens: USAGE.output,
  total_tokens: USAGE.input + USAGE.output,
}
const chatChunk = (choices: readonly object[], more: object = {}): string =>
  frame({ ...CHAT_MEMBERS, object: 'chat.completion.chunk', choices, ...more })

const CHAT: Tongue = {
  whole: (text) =>
    JSON.stringify({
      ...CHAT_MEMBERS,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: CHAT_USAGE,
    }),
  words: (text) => [
    chatChunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
    chatChunk([{ index: 0, delta: { content: text }, finish_reason: null }]),
  ],
  finish: [chatChunk([{ index: 0, delta: {}, finish_reason: 'stop' }]), chatChunk([], { usage: CHAT_USAGE })],
  end: 'data: [DONE]\n\n',
  error: (error) => ({ error: { param: null, code: null, type: 'invalid_request_error', ...error } }),
}

const MESSAGE = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm' }
const MESSAGES: Tongue = {
  whole: (text) =>
    JSON.stringify({
      ...MESSAGE,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: USAGE.input, output_tokens: USAGE.output },
    }),
  words: (text) => [
    event('message_start', {
      message: {
        ...MESSAGE,
        content: [],
        stop_reason: null,
        usage: { input_tokens: USAGE.input, output_tokens: 0 },
      },
    }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  ],
  finish: [
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: USAGE.output },
    }),
  ],
  end: event('message_stop'),
  error: ({ type = 'invalid_request_error', message }) => ({ type: 'error', error: { type, message } }),
}

/** The name of a known provider that speaks a dialect: its defaults hold for the faulty one. */
export const TYPE_BY_DIALECT: Readonly<Record<ClientDialect, string>> = {
  'openai-chat': 'openai',
  'anthropic-messages': 'anthropic',
}
