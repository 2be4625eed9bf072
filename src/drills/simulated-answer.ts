import type { Codec, Dialect, ResponseEncoder } from '../dialects/dialect.ts'
import { collect } from '../exchange/collect.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { estimateInputTokens } from '../exchange/estimate.ts'
import { NO_USAGE, totalOutput, type Usage } from '../exchange/usage.ts'
import type { Clock } from '../kit/clock.ts'
import { omitKeys, type JsonObject } from '../kit/json.ts'
import { toAnswerEvents, type Answer, type SpokenEvent } from './answer-events.ts'
import { createCharge, type Charge } from './charge.ts'
import type { Fault, FaultKind } from './fault.ts'
import { toSteps } from './fault-steps.ts'
import { scriptTokens } from './fit-script.ts'
import { dueAt, toStreamFrames, toUnaryFrames, type Frame } from './frames.ts'
import type { ModelOptions } from './model-options.ts'
import type { Signer } from './signer.ts'
import type { Pace, Script } from './simulated-model.ts'
import { playSteps, type StepsEnd } from './steps.ts'
import type { Vendor } from './vendors/vendor.ts'
import { defined } from '../kit/defined.ts'

/** Responses carry a time of creation, milliseconds; a fixed one keeps answers the same on every run. */
export const CREATED_MS = 1_767_225_600_000
/** Where the dialects' unary bodies say what was used. */
const USAGE_KEYS: ReadonlySet<string> = new Set(['usage', 'usageMetadata'])
const CLIENT_LEFT = 499

const SSE_TYPE = 'text/event-stream; charset=utf-8'
const JSON_TYPE = 'application/json'
const HTML = '<!doctype html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>'

/** Everything about a request that its answer needs. */
export interface AnswerOrder {
  readonly dialect: Dialect
  readonly codec: Codec<'chat'>
  readonly vendor: Vendor
  readonly chat: ChatRequest
  readonly options: ModelOptions
  readonly scripts: readonly Script[]
  readonly signer: Signer | undefined
  readonly requestId: string
  /** The part of the response's id that is not the dialect's prefix. */
  readonly responseId: string
  readonly headers: Readonly<Record<string, string>>
  readonly clock: Clock
  /** Aborted when the other side leaves. */
  readonly signal: AbortSignal
  /** Told once, when the answer is over: how, and what it is charged with. */
  readonly onEnd: (outcome: 'completed' | 'aborted' | 'failed', usage: Usage | undefined) => void
}

/** Sends what the scripts say, with the fault that they ask for. */
export function sendAnswer(order: AnswerOrder): Response | Promise<Response> {
  const usage = usageOf(order)
  const spoken = toAnswerEvents(answerOf(order, usage))
  const fault = order.scripts.find((script) => script.fault !== undefined)?.fault
  const canned = fault === undefined ? undefined : CANNED[fault.kind]
  return canned === undefined ? sendBody(order, { spoken, usage, fault }) : canned(order)
}

interface Content {
  readonly spoken: readonly SpokenEvent[]
  readonly usage: Usage
  readonly fault: Fault | undefined
}

/** Faults that have no answer behind them. */
const CANNED: Partial<Record<FaultKind, (order: AnswerOrder) => Response | Promise<Response>>> = {
  'stall-before-head': (order) => silence(order),
  'html-200': (order) => failAtOnce(order, HTML, 'text/html; charset=utf-8'),
  'empty-200': (order) => failAtOnce(order, '', order.chat.stream ? SSE_TYPE : JSON_TYPE),
  'error-200': (order) => failAtOnce(order, errorText(order), JSON_TYPE),
}

function failAtOnce(order: AnswerOrder, body: string, contentType: string): Response {
  order.onEnd('failed', undefined)
  return new Response(body, { headers: { ...order.headers, 'content-type': contentType } })
}

function silence({ signal, onEnd }: AnswerOrder): Promise<Response> {
  return new Promise((resolve) => {
    const leave = (): void => {
      onEnd('aborted', undefined)
      resolve(new Response(null, { status: CLIENT_LEFT }))
    }
    if (signal.aborted) leave()
    else signal.addEventListener('abort', leave, { once: true })
  })
}

function errorText({ vendor, requestId }: AnswerOrder): string {
  return JSON.stringify(vendor.errorBody(vendor.breakdown(), requestId))
}

function sendBody(order: AnswerOrder, content: Content): Response | Promise<Response> {
  const { fault } = content
  const stream = isStream(order, fault)
  if (!stream && fault === undefined) return sendWhole(order, content)
  const { vendor, requestId, clock, signal } = order
  const frames = stream ? streamFrames(order, content) : unaryFrames(order, content)
  const errorEvent = stream ? vendor.errorEvent(vendor.breakdown(), requestId) : errorText(order)
  const charge = createCharge(content.usage)
  const end = (how: StepsEnd): void => endAnswer(order, charge, how)
  const body = playSteps(toSteps(frames, { stream, ping: vendor.ping, errorEvent }, fault), {
    clock,
    onWritten: charge.add,
    onEnd: end,
  })
  signal.addEventListener('abort', () => end('left'), { once: true })
  return new Response(body, { headers: bodyHeaders(order, stream, fault) })
}

function endAnswer(order: AnswerOrder, charge: Charge, how: StepsEnd): void {
  if (charge.complete && how !== 'left') order.onEnd('completed', charge.usage())
  else if (how === 'left') order.onEnd('aborted', billsWhole(order) ? charge.whole : charge.usage())
  else order.onEnd('failed', charge.begun ? charge.usage() : undefined)
}

function billsWhole({ options }: AnswerOrder): boolean {
  return options.word('cancelled') === 'bills-whole'
}

/** A unary answer without a fault: nothing is sent before the model has said everything. */
function sendWhole(order: AnswerOrder, content: Content): Response | Promise<Response> {
  const { clock, signal, onEnd } = order
  const finish = (): Response => {
    onEnd('completed', content.usage)
    return Response.json(unaryBody(order, content.spoken), { headers: bodyHeaders(order, false, undefined) })
  }
  const dueMs = dueAt(totalOutput(content.usage), paceOf(order))
  if (dueMs === 0) return finish()
  return new Promise((resolve) => {
    const timer = clock.after(dueMs, () => resolve(finish()))
    const leave = (): void => {
      timer.cancel()
      const unwritten = { ...content.usage, outputTokens: 0, reasoningTokens: 0 }
      onEnd('aborted', billsWhole(order) ? content.usage : unwritten)
      resolve(new Response(null, { status: CLIENT_LEFT }))
    }
    signal.addEventListener('abort', leave, { once: true })
  })
}

function bodyHeaders(order: AnswerOrder, stream: boolean, fault: Fault | undefined): Record<string, string> {
  const contentType = stream ? (order.codec.streamType?.(order.chat) ?? SSE_TYPE) : JSON_TYPE
  return {
    ...order.headers,
    'content-type': fault?.kind === 'wrong-content-type' ? 'text/plain' : contentType,
    ...(stream ? { 'cache-control': 'no-cache' } : {}),
  }
}

function isStream({ chat }: AnswerOrder, fault: Fault | undefined): boolean {
  if (fault?.kind === 'json-instead-of-sse') return false
  return fault?.kind === 'sse-instead-of-json' || chat.stream
}

function streamFrames(order: AnswerOrder, { spoken, fault }: Content): Iterable<Frame> {
  const told = fault?.kind === 'no-usage' ? spoken.filter(({ event }) => event.type !== 'usage') : spoken
  return toStreamFrames(told, encoderOf(order), paceOf(order))
}

function unaryFrames(order: AnswerOrder, { spoken, usage, fault }: Content): Iterable<Frame> {
  const body = unaryBody(order, spoken)
  const told = fault?.kind === 'no-usage' ? omitKeys(body, USAGE_KEYS) : body
  return toUnaryFrames(JSON.stringify(told), totalOutput(usage), paceOf(order))
}

function unaryBody(order: AnswerOrder, spoken: readonly SpokenEvent[]): JsonObject {
  return encoderOf(order).unary(collect(spoken.map(({ event }) => event)))
}

function encoderOf({ codec, chat, responseId }: AnswerOrder): ResponseEncoder<'chat'> {
  return codec.encodeResponse({
    request: chat,
    requestId: responseId,
    model: chat.model,
    createdMs: CREATED_MS,
    estimatedInputTokens: estimateInputTokens(chat),
    notice() {},
  })
}

function paceOf({ options, scripts }: AnswerOrder): Pace {
  const own = scripts.find((script) => script.pace !== undefined)?.pace
  const perSecond = options.number('tps') ?? own?.perSecond
  return {
    firstMs: options.number('ttft') ?? own?.firstMs ?? 0,
    ...defined({ perSecond, burst: options.number('burst') }),
  }
}

function answerOf(order: AnswerOrder, usage: Usage): Answer {
  const { signer, chat, dialect, vendor, responseId, scripts } = order
  const wantsLogprobs = chat.logprobs !== undefined && vendor.logprob !== undefined
  return {
    responseId,
    model: chat.model,
    scripts,
    usage,
    ...(vendor.answerFields === undefined ? {} : { extra: { [dialect.family]: vendor.answerFields(chat) } }),
    ...(signer === undefined ? {} : { sign: (text) => signer.sign(text, chat) }),
    ...(signer === undefined || vendor.signsCalls !== true
      ? {}
      : { signCall: (name) => signer.sign(name, chat) }),
    ...(wantsLogprobs ? { logprob: vendor.logprob } : {}),
  }
}

function usageOf({ chat, options, scripts }: AnswerOrder): Usage {
  const inputTokens = estimateInputTokens(chat)
  const cacheReadTokens = Math.min(options.number('cached') ?? 0, inputTokens)
  const spoken = scripts.map((script) => scriptTokens(script.blocks))
  return {
    ...NO_USAGE,
    inputTokens: inputTokens - cacheReadTokens,
    cacheReadTokens,
    outputTokens: spoken.reduce((sum, { output }) => sum + output, 0),
    reasoningTokens: spoken.reduce((sum, { reasoning }) => sum + reasoning, 0),
  }
}
