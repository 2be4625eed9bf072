import { isObject, parseJsonObject, readNumber, readObject, readString } from '../../src/kit/json.ts'
import type { JsonObject } from '../../src/kit/json.ts'

/** One event of a Messages stream as a client reads it. */
export interface MessagesFrame {
  readonly event: string
  readonly body: JsonObject
}

/** Cuts legal wire text into frames. Throws on a frame that is not exactly one `event:` and one `data:` line of JSON. */
export function readMessagesFrames(wire: string): MessagesFrame[] {
  if (!endsWell(wire)) throw new Error('the last frame has no blank line')
  return framesOf(wire).map((text) => {
    const frame = readFrame(text)
    if (frame === undefined) throw new Error(`not a frame: ${text}`)
    return frame
  })
}

function endsWell(wire: string): boolean {
  return wire === '' || wire.endsWith('\n\n')
}

function framesOf(wire: string): string[] {
  return wire === '' ? [] : wire.replace(/\n\n$/, '').split('\n\n')
}

function readFrame(text: string): MessagesFrame | undefined {
  const match = /^event: ([a-z_]+)\ndata: ([^\n]*)$/.exec(text)
  const body = parseJsonObject(match?.[2] ?? '')
  return match === null || body === undefined ? undefined : { event: match[1] ?? '', body }
}

interface Progress {
  started: boolean
  ended: boolean
  stopReason: string | undefined
  blocks: number
  open: { readonly index: number; readonly type: string; json: string } | undefined
  readonly complaints: string[]
}

/** Which deltas may follow which block; blocks that are not listed (hosted tools) take any. */
const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
  tool_use: ['input_json_delta'],
}

/**
 * Checks a whole stream against the grammar that the official SDK and agents rely on. Gives complaints in plain words;
 * none means legal. A stream ends with `message_stop` or with `error`, never with both or neither.
 */
export function checkMessagesStream(wire: string): readonly string[] {
  const progress: Progress = {
    started: false,
    ended: false,
    stopReason: undefined,
    blocks: 0,
    open: undefined,
    complaints: [],
  }
  if (!endsWell(wire)) progress.complaints.push('the last frame has no blank line')
  for (const text of framesOf(wire)) {
    const frame = readFrame(text)
    if (frame === undefined) progress.complaints.push(`not a frame: ${text}`)
    else checkFrame(progress, frame)
  }
  if (!progress.ended) progress.complaints.push('the stream has no end')
  return progress.complaints
}

function checkFrame(progress: Progress, { event, body }: MessagesFrame): void {
  const complain = (text: string): void => void progress.complaints.push(`${event}: ${text}`)
  if (progress.ended) complain('behind the end')
  if (readString(body, 'type') !== event) complain('type differs from event')
  switch (event) {
    case 'ping':
      return
    case 'error':
      progress.ended = true
      if (readString(readObject(body, 'error') ?? {}, 'type') === undefined) complain('no error type')
      return
    case 'message_start':
      checkStart(progress, readObject(body, 'message') ?? {}, complain)
      return
    default:
      if (!progress.started) complain('before message_start')
      checkInside(progress, { event, body }, complain)
  }
}

type Complain = (text: string) => void

function checkStart(progress: Progress, message: JsonObject, complain: Complain): void {
  if (progress.started) complain('twice')
  progress.started = true
  if (!(readString(message, 'id') ?? '').startsWith('msg_')) complain('no id')
  if (readString(message, 'role') !== 'assistant') complain('role is not assistant')
  if (JSON.stringify(message['content']) !== '[]') complain('content is not empty')
  if (message['stop_reason'] !== null) complain('stop_reason is not null')
  checkUsage(message, complain)
}

function checkUsage(carrier: JsonObject, complain: Complain): void {
  const usage = readObject(carrier, 'usage') ?? {}
  for (const key of ['input_tokens', 'output_tokens']) {
    const tokens = readNumber(usage, key)
    if (tokens === undefined || tokens < 0 || !Number.isInteger(tokens)) complain(`usage.${key} is ${tokens}`)
  }
}

function checkInside(progress: Progress, { event, body }: MessagesFrame, complain: Complain): void {
  if (progress.stopReason !== undefined && event !== 'message_stop') complain('behind message_delta')
  switch (event) {
    case 'content_block_start':
      checkBlockStart(progress, body, complain)
      return
    case 'content_block_delta':
      checkDelta(progress, body, complain)
      return
    case 'content_block_stop':
      checkBlockStop(progress, body, complain)
      return
    case 'message_delta':
      if (progress.open !== undefined) complain('a block is open')
      progress.stopReason = readString(readObject(body, 'delta') ?? {}, 'stop_reason')
      if (progress.stopReason === undefined) complain('no stop_reason')
      checkUsage(body, complain)
      return
    case 'message_stop':
      if (progress.stopReason === undefined) complain('before message_delta')
      progress.ended = true
      return
    default:
      complain('unknown event')
  }
}

function checkBlockStart(progress: Progress, body: JsonObject, complain: Complain): void {
  const index = readNumber(body, 'index') ?? -1
  const block = readObject(body, 'content_block') ?? {}
  const type = readString(block, 'type') ?? ''
  if (progress.open !== undefined) complain(`block ${progress.open.index} is open`)
  if (index !== progress.blocks) complain(`index ${index}, expected ${progress.blocks}`)
  if (type === '') complain('no type')
  if (type === 'text' && block['text'] !== '') complain('text is not empty')
  if (type === 'thinking' && (block['thinking'] !== '' || block['signature'] !== '')) {
    complain('thinking is not empty')
  }
  if (type === 'tool_use') checkToolUse(block, complain)
  progress.blocks += 1
  progress.open = { index, type, json: '' }
}

function checkToolUse(block: JsonObject, complain: Complain): void {
  if (!isObject(block['input']) || Object.keys(block['input']).length > 0) complain('input is not {}')
  if (!/^[a-zA-Z0-9_-]+$/.test(readString(block, 'id') ?? '')) complain('illegal id')
  if ((readString(block, 'name') ?? '') === '') complain('no name')
}

function checkDelta(progress: Progress, body: JsonObject, complain: Complain): void {
  const { open } = progress
  const delta = readObject(body, 'delta') ?? {}
  const type = readString(delta, 'type') ?? ''
  if (open === undefined || readNumber(body, 'index') !== open.index) {
    complain('its block is not open')
    return
  }
  if (DELTAS[open.type]?.includes(type) === false) complain(`${type} in ${open.type}`)
  if (type === 'input_json_delta') open.json += readString(delta, 'partial_json') ?? ''
}

function checkBlockStop(progress: Progress, body: JsonObject, complain: Complain): void {
  const { open } = progress
  if (open === undefined || readNumber(body, 'index') !== open.index) complain('its block is not open')
  else if (open.type === 'tool_use' && open.json !== '' && parseJsonObject(open.json) === undefined) {
    complain(`input is not a JSON object: ${open.json}`)
  }
  progress.open = undefined
}
