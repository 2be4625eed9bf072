import type { ChatRequest } from '../exchange/chat.ts'
import type { JsonBody } from '../exchange/wire-body.ts'
import { parseJson, type Json } from '../kit/json.ts'
import { spliceJson, type JsonEdit } from '../kit/json-splice.ts'
import type { NativeContext } from './dialect.ts'
import { isPlainSampling, takesSampling } from './sampling.ts'
import { OPTIONS_FIELD } from './options-field.ts'

/** A request on its way through the native lane: the client's bytes, what they say, and what is to be cut into them. */
export interface Passing {
  readonly raw: JsonBody
  readonly context: NativeContext
  readonly chat: ChatRequest
  readonly edits: JsonEdit[]
}

/** Begins to pass a request on, under the provider's name of the model and without what was said to the gateway. */
export function beginPassing(raw: JsonBody, chat: ChatRequest, context: NativeContext): Passing {
  return { raw, context, chat, edits: addressEdits(raw, context) }
}

/** A request, and the provider's name of the model that it goes to. */
interface Addressed {
  readonly request: { readonly model: string }
  readonly model: string
}

/** What is to be cut into any request: the provider's name of the model, and what was said to the gateway. */
export function addressEdits(raw: JsonBody, { request, model }: Addressed): JsonEdit[] {
  const edits = optionEdits(raw)
  if (request.model !== model) edits.push({ key: 'model', value: JSON.stringify(model) })
  return edits
}

/** What is to be cut out of a request: what was said to the gateway. */
export function optionEdits({ scan }: JsonBody): JsonEdit[] {
  return scan.find(OPTIONS_FIELD) === undefined ? [] : [{ key: OPTIONS_FIELD, value: undefined }]
}

/** The bytes with everything cut in; the same bytes when there is nothing. */
export function endPassing({ raw: { bytes, scan }, edits }: Pick<Passing, 'raw' | 'edits'>): Uint8Array {
  return edits.length === 0 ? bytes : spliceJson(bytes, edits, scan)
}

/** The value of a field as the client wrote it; undefined when it is not there. */
function fieldText({ raw: { bytes, scan } }: Passing, name: string): string | undefined {
  const member = scan.find(name)
  return member === undefined
    ? undefined
    : Buffer.prototype.utf8Slice.call(bytes, member.valueStart, member.valueEnd)
}

const NULL = 'n'.charCodeAt(0)

/** True where a field is there and says something: null stands for absent. */
function saysField({ raw: { bytes, scan } }: Passing, name: string): boolean {
  const member = scan.find(name)
  return member !== undefined && bytes[member.valueStart] !== NULL
}

/** The value of a field; undefined when it is not there. */
export function fieldValue(passing: Passing, name: string): Json | undefined {
  const text = fieldText(passing, name)
  return text === undefined ? undefined : parseJson(text)
}

/** Leaves a field out, with a notice where it is there. */
export function leaveOut({ raw, context, edits }: Passing, name: string): void {
  if (raw.scan.find(name) === undefined) return
  context.notice('param.dropped', name)
  edits.push({ key: name, value: undefined })
}

/** Leaves sampling out where the model refuses it. */
export function leaveOutSampling(passing: Passing, names: readonly string[]): void {
  const { chat, context, edits } = passing
  if (takesSampling(chat, context.capabilities)) return
  for (const name of names) {
    const value = fieldValue(passing, name)
    if (value === undefined) continue
    if (isPlainSampling(name, value)) edits.push({ key: name, value: undefined })
    else leaveOut(passing, name)
  }
}

/** The most output that the model gives, where the client asks for more; said with a notice. */
export function clampedOutput({ chat, context }: Passing): number | undefined {
  const most = context.capabilities.maxOutputTokens
  if (most === undefined || chat.maxOutputTokens === undefined || chat.maxOutputTokens <= most)
    return undefined
  context.notice('max-tokens.clamped', 'max_tokens')
  return most
}

/**
 * Tells the limit of an answer under one name, the provider's where it has one and else the first that the client used, and no more
 * than the model gives.
 */
export function passLimit(passing: Passing, names: readonly string[], own?: string): void {
  const { chat, edits } = passing
  const most = clampedOutput(passing)
  if (chat.maxOutputTokens === undefined || (own === undefined && most === undefined)) return
  const said = names.filter((name) => saysField(passing, name))
  const [first] = said
  if (first === undefined) return
  const kept = own ?? first
  for (const name of said) if (name !== kept) edits.push({ key: name, value: undefined })
  if (most !== undefined) edits.push({ key: kept, value: String(most) })
  else if (kept !== first) edits.push({ key: kept, value: fieldText(passing, first) })
}
