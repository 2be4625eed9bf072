import type { Block, Citation, ReasoningBlock, ToolCallBlock } from '../../exchange/content.ts'
import type { ChatEvent, Finish } from '../../exchange/chat-said.ts'
import type { Usage } from '../../exchange/usage.ts'
import { omitKeys, type JsonObject } from '../../kit/json.ts'
import { SSE_COMMENT } from '../../kit/sse.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { failureBody } from './encode-failure.ts'
import { writeCallSeal } from './call-seal.ts'
import { completionId, functionCall, noteUnsayable, toImages } from './response-parts.ts'
import { encodeCompletion, finishWord, toAnnotations } from './encode-completion.ts'
import { toDetails } from './reasoning-details.ts'
import { FAMILY, RESPONSE_FIELDS } from './schema.ts'
import { encodeUsage } from './usage.ts'

/** What is remembered of a choice while it is written. */
interface WrittenChoice {
  /** Tool index by block index. */
  readonly tools: Map<number, { readonly index: number; readonly form: 'json' | 'text' }>
  readonly reasoning: Map<number, { block: ReasoningBlock; readonly parts: string[] }>
  /** Citations of each text block, by block index. */
  readonly citations: Map<number, Citation[]>
  /** True once the role was told. */
  spoke: boolean
  refused: boolean
}

interface WrittenResponse {
  readonly context: EncodeContext<'chat'>
  readonly wantsUsage: boolean
  /** True towards a client that knows only the deprecated form of calls. */
  readonly legacy: boolean
  readonly choices: Map<number, WrittenChoice>
  /** Everything of a chunk before its choices. */
  prefix: string
  /** Everything of a chunk behind its choices. */
  readonly suffix: string
  usage: Usage | undefined
}

const DONE = 'data: [DONE]\n\n'

/** Creates the writer of one response for a client of this dialect. */
export function encodeResponse(context: EncodeContext<'chat'>): ResponseEncoder<'chat'> {
  const { wantsUsage, legacyCalls = false } = context.request
  const written: WrittenResponse = {
    context,
    wantsUsage,
    legacy: legacyCalls,
    choices: new Map(),
    prefix: prefixOf(context, {}),
    suffix: wantsUsage ? ',"usage":null}\n\n' : '}\n\n',
    usage: undefined,
  }
  return {
    event: (event) => writeEvent(written, event),
    lastWord: () => DONE,
    heartbeat: () => SSE_COMMENT,
    unary: (message) => encodeCompletion(message, context),
  }
}

function prefixOf({ requestId, createdMs, model }: EncodeContext, extra: JsonObject): string {
  const head: JsonObject = {
    id: completionId(requestId),
    object: 'chat.completion.chunk',
    created: Math.floor(createdMs / 1000),
    model,
    ...omitKeys(extra, RESPONSE_FIELDS),
  }
  return `data: ${JSON.stringify(head).slice(0, -1)},"choices":[`
}

function writeEvent(written: WrittenResponse, event: ChatEvent): string {
  switch (event.type) {
    case 'start':
      written.prefix = prefixOf(written.context, event.extra?.[FAMILY] ?? {})
      return ''
    case 'block-start':
      return blockStart(written, event)
    case 'text-delta':
      return say(written, event.choice, `{"content":${JSON.stringify(event.text)}}`)
    case 'refusal-delta':
      return refuse(written, event.choice, event.text)
    case 'reasoning-delta':
      choiceOf(written, event.choice).reasoning.get(event.index)?.parts.push(event.text)
      return say(written, event.choice, `{"reasoning_content":${JSON.stringify(event.text)}}`)
    case 'arguments-delta':
      return writeArguments(written, event)
    case 'native-delta':
      return event.raw['audio'] === undefined
        ? ''
        : say(written, event.choice, JSON.stringify({ audio: event.raw['audio'] }))
    case 'seal':
      return writeSeal(written, event)
    case 'citation':
      return noteCitation(written, event)
    case 'logprobs':
      return writeLogprobs(written, event)
    case 'finish':
      return writeFinish(written, event)
    case 'usage':
      written.usage = event.usage
      return ''
    case 'end':
      return writeUsage(written) + DONE
    case 'failure':
      return `data: ${JSON.stringify(failureBody(event.failure, written.context.requestId, []))}\n\n`
    case 'block-end':
      return blockEnd(written, event)
    case 'passed':
      return ''
  }
}

function choiceOf(written: WrittenResponse, index: number): WrittenChoice {
  const known = written.choices.get(index)
  if (known !== undefined) return known
  const choice: WrittenChoice = {
    tools: new Map(),
    reasoning: new Map(),
    citations: new Map(),
    spoke: false,
    refused: false,
  }
  written.choices.set(index, choice)
  return choice
}

function chunk({ prefix, suffix }: WrittenResponse, choice: string): string {
  return `${prefix}${choice}]${suffix}`
}

const ROLE = '{"role":"assistant","content":"","refusal":null}'

/** One delta of a choice; before its first one the role is told, without which the official SDK refuses the stream. */
function say(written: WrittenResponse, choice: number, delta: string): string {
  const line = chunk(written, `{"index":${choice},"delta":${delta},"logprobs":null,"finish_reason":null}`)
  return firstRole(written, choice) + line
}

function blockStart(written: WrittenResponse, event: Extract<ChatEvent, { type: 'block-start' }>): string {
  const { block, choice, index } = event
  if (block.type === 'tool-call') return openCall(written, choice, { index, call: block })
  if (block.type === 'reasoning') choiceOf(written, choice).reasoning.set(index, { block, parts: [] })
  noteUnsayable(block, written.context.notice)
  return opening(written, choice, block)
}

function openCall(
  written: WrittenResponse,
  choice: number,
  { index, call }: { readonly index: number; readonly call: ToolCallBlock },
): string {
  const { tools } = choiceOf(written, choice)
  const at = tools.size
  if (!written.legacy) {
    tools.set(index, { index: at, form: call.form })
    return say(written, choice, JSON.stringify(toolCalls(call, at)))
  }
  const { notice } = written.context
  if (call.seal !== undefined) notice('seal.lost')
  // The deprecated form holds one call.
  if (at > 0) {
    notice('call.dropped')
    return ''
  }
  tools.set(index, { index: at, form: call.form })
  return say(written, choice, JSON.stringify(functionCall(call)))
}

function toolCalls(call: ToolCallBlock, index: number): JsonObject {
  const body =
    call.form === 'json'
      ? { type: 'function', function: { name: call.name, arguments: call.arguments } }
      : { type: 'custom', custom: { name: call.name, input: call.arguments } }
  return {
    tool_calls: [{ index, ...call.extra?.[FAMILY], id: call.id, ...body, ...writeCallSeal(call.seal) }],
  }
}

/** What a block says at its start besides tool calls: media and native parts come whole, text seldom does. */
function opening(written: WrittenResponse, choice: number, block: Block): string {
  if (block.type === 'media' && block.kind === 'image') {
    const images = toImages([block])
    return images.length === 0 ? '' : say(written, choice, JSON.stringify({ images }))
  }
  if (block.type === 'text' && block.text !== '')
    return say(written, choice, JSON.stringify({ content: block.text }))
  return ''
}

function refuse(written: WrittenResponse, choice: number, text: string): string {
  choiceOf(written, choice).refused = true
  return say(written, choice, `{"refusal":${JSON.stringify(text)}}`)
}

function writeArguments(
  written: WrittenResponse,
  event: Extract<ChatEvent, { type: 'arguments-delta' }>,
): string {
  const tool = choiceOf(written, event.choice).tools.get(event.index)
  if (tool === undefined) return ''
  const text = JSON.stringify(event.text)
  if (written.legacy) return say(written, event.choice, `{"function_call":{"arguments":${text}}}`)
  const held = tool.form === 'json' ? `"function":{"arguments":${text}}` : `"custom":{"input":${text}}`
  return say(written, event.choice, `{"tool_calls":[{"index":${tool.index},${held}}]}`)
}

function writeSeal(written: WrittenResponse, event: Extract<ChatEvent, { type: 'seal' }>): string {
  const choice = choiceOf(written, event.choice)
  const reasoning = choice.reasoning.get(event.index)
  if (reasoning !== undefined) {
    reasoning.block = { ...reasoning.block, seal: event.seal }
    return ''
  }
  const tool = choice.tools.get(event.index)
  if (tool === undefined || written.legacy) {
    written.context.notice('seal.lost')
    return ''
  }
  // Clients that check what they read want the member for the call in every piece of it.
  const piece = tool.form === 'json' ? { function: {} } : { custom: {} }
  return say(
    written,
    event.choice,
    JSON.stringify({ tool_calls: [{ index: tool.index, ...piece, ...writeCallSeal(event.seal) }] }),
  )
}

function writeLogprobs(
  written: WrittenResponse,
  { choice, content }: Extract<ChatEvent, { type: 'logprobs' }>,
): string {
  const logprobs = JSON.stringify({ content, refusal: null })
  const line = chunk(written, `{"index":${choice},"delta":{},"logprobs":${logprobs},"finish_reason":null}`)
  return firstRole(written, choice) + line
}

function noteCitation(written: WrittenResponse, event: Extract<ChatEvent, { type: 'citation' }>): string {
  const { citations } = choiceOf(written, event.choice)
  citations.set(event.index, [...(citations.get(event.index) ?? []), event.citation])
  return ''
}

/**
 * What is told of a block once it is whole. Clients replace lists delta by delta instead of joining them, so the proof
 * of a thought and the sources of a text are each sent in one piece.
 */
function blockEnd(written: WrittenResponse, event: Extract<ChatEvent, { type: 'block-end' }>): string {
  const held = choiceOf(written, event.choice)
  const thought = held.reasoning.get(event.index)
  held.reasoning.delete(event.index)
  const details =
    thought === undefined
      ? []
      : toDetails([{ ...thought.block, text: thought.block.text + thought.parts.join('') }])
  if (details.length > 0) return say(written, event.choice, JSON.stringify({ reasoning_details: details }))
  const annotations = toAnnotations(held.citations.get(event.index) ?? [], written.context.notice)
  return annotations.length === 0 ? '' : say(written, event.choice, JSON.stringify({ annotations }))
}

function writeFinish(written: WrittenResponse, finish: Finish): string {
  const held = choiceOf(written, finish.choice)
  const explained =
    finish.explanation !== undefined && !held.refused && finish.reason === 'refusal'
      ? refuse(written, finish.choice, finish.explanation)
      : ''
  const word = finishWord(finish, {
    wroteRefusal: held.refused && explained === '',
    legacy: written.legacy,
  })
  return `${explained}${firstRole(written, finish.choice)}${chunk(written, `{"index":${finish.choice},"delta":{},"logprobs":null,"finish_reason":"${word}"}`)}`
}

/** The role chunk of a choice that has said nothing yet. */
function firstRole(written: WrittenResponse, choice: number): string {
  const held = choiceOf(written, choice)
  if (held.spoke) return ''
  held.spoke = true
  return chunk(written, `{"index":${choice},"delta":${ROLE},"logprobs":null,"finish_reason":null}`)
}

function writeUsage({ wantsUsage, usage, prefix }: WrittenResponse): string {
  if (!wantsUsage || usage === undefined) return ''
  return `${prefix}],"usage":${JSON.stringify(encodeUsage(usage))}}\n\n`
}
