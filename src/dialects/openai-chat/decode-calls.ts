import type { Seal } from '../../exchange/content.ts'
import { sha256Hex } from '../../kit/hash.ts'
import {
  isObject,
  parseJsonObject,
  readNumber,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { readCallSeal } from './call-seal.ts'
import {
  closeProse,
  emit,
  openBlock,
  type CallState,
  type ChoiceState,
  type ResponseState,
} from './response-state.ts'
import { FAMILY, TOOL_CALL_FIELDS } from './schema.ts'

/**
 * Reads one entry of `tool_calls`. Providers leave out the index, the type and the id, repeat or empty them, send a
 * whole call at once or the arguments as an object; whatever comes, a call is opened once, with id and name.
 *
 * @param whole true when every entry is a call of its own (the body of a unary answer)
 */
export function readCall(
  state: ResponseState,
  choice: ChoiceState,
  { entry, whole }: { entry: JsonObject; whole: boolean },
): void {
  const held = readObject(entry, 'function') ?? readObject(entry, 'custom') ?? {}
  const id = filled(readString(entry, 'id'))
  const wireName = filled(readString(held, 'name'))
  const tool = wireName === undefined ? undefined : state.tools.get(wireName)
  const name = tool?.name ?? wireName
  const key = readNumber(entry, 'index')
  const text = argumentsText(held['arguments'] ?? held['input'])
  const opening = { entry, key, emulated: tool?.text === true }
  const call = whole ? addCall(choice, opening) : callOf(choice, { key, id, name, text }, opening)
  if (call.block === undefined) {
    call.id ??= id
    call.name ??= name
  }
  call.text += text
  if (text !== '') call.held.push(text)
  const seal = readCallSeal(entry)
  if (seal !== undefined) keepSeal(state, choice, { call, seal })
  if (call.name !== undefined) tellCall(state, choice, call)
}

/** A proof that comes with the call is part of it from the start; one that comes later is told by itself. */
function keepSeal(
  state: ResponseState,
  choice: ChoiceState,
  { call, seal }: { readonly call: CallState; readonly seal: Seal },
): void {
  if (call.seal?.value === seal.value) return
  call.seal = seal
  if (call.block !== undefined) emit(state, { type: 'seal', choice: choice.index, index: call.block, seal })
}

/** Reads the deprecated `function_call`, of which an answer has at most one. */
export function readLegacyCall(state: ResponseState, choice: ChoiceState, held: JsonObject): void {
  readCall(state, choice, { entry: { index: -1, function: held }, whole: false })
}

/** By what an entry of `tool_calls` tells which call it belongs to. */
interface CallMarks {
  readonly key: number | undefined
  readonly id: string | undefined
  readonly name: string | undefined
  readonly text: string
}

/** The call that an entry of a stream belongs to; a new one where it is none of those before it. */
function callOf(choice: ChoiceState, marks: CallMarks, opening: CallOpening): CallState {
  const latest = latestCall(choice, marks)
  if (latest === undefined) return addCall(choice, opening)
  if (!isAnother(latest, marks)) return latest
  const known = sameId(choice, marks)
  if (known !== undefined) return known
  const call = addCall(choice, opening)
  // Where it names no tool either, it is one more call of the same.
  call.name = marks.name ?? latest.name
  return call
}

/** The call that an entry goes on with, as far as its index or, without one, its id and name tell. */
function latestCall(choice: ChoiceState, marks: CallMarks): CallState | undefined {
  const { key, id, name } = marks
  if (key !== undefined) return choice.calls.findLast((call) => call.key === key)
  if (id !== undefined) return sameId(choice, marks)
  return name === undefined ? choice.calls.at(-1) : undefined
}

function sameId(choice: ChoiceState, { id }: CallMarks): CallState | undefined {
  return id === undefined ? undefined : choice.calls.find((call) => call.id === id)
}

/**
 * Some servers give every call the index 0, and some of those no id: another id together with a name, another name, or
 * arguments behind arguments that are complete, is another call.
 */
function isAnother(call: CallState, { id, name, text }: CallMarks): boolean {
  if (name !== undefined && id !== undefined && call.id !== undefined) return id !== call.id
  if (name !== undefined && call.name !== undefined && name !== call.name) return true
  return call.form === 'json' && text.startsWith('{') && isWhole(call.text)
}

function isWhole(text: string): boolean {
  return text.endsWith('}') && parseJsonObject(text) !== undefined
}

interface CallOpening {
  readonly entry: JsonObject
  readonly key: number | undefined
  readonly emulated: boolean
}

function addCall(choice: ChoiceState, { entry, key, emulated }: CallOpening): CallState {
  const unknown = Object.entries(entry).filter(
    ([field, value]) => !TOOL_CALL_FIELDS.has(field) && value !== null,
  )
  const call: CallState = {
    key,
    id: undefined,
    name: undefined,
    seal: undefined,
    form: emulated || isObject(entry['custom']) ? 'text' : 'json',
    extra: unknown.length === 0 ? undefined : Object.fromEntries(unknown),
    block: undefined,
    held: [],
    text: '',
    emulated,
  }
  choice.calls.push(call)
  choice.called = true
  return call
}

/** Opens the call when that has not happened, and passes its arguments on. */
function tellCall(state: ResponseState, choice: ChoiceState, call: CallState): void {
  call.block ??= openCall(state, choice, call)
  if (call.emulated || call.held.length === 0) return
  const text = call.held.join('')
  call.held = []
  emit(state, { type: 'arguments-delta', choice: choice.index, index: call.block, text })
}

function openCall(state: ResponseState, choice: ChoiceState, call: CallState): number {
  closeProse(state, choice)
  return openBlock(state, choice, {
    type: 'tool-call',
    id: call.id ?? inventId(state, choice),
    name: call.name ?? '',
    arguments: '',
    form: call.form,
    ...(call.seal === undefined ? {} : { seal: call.seal }),
    ...(call.extra === undefined ? {} : { extra: { [FAMILY]: call.extra } }),
  })
}

/** Closes a call; one that never got a name is told as it is, one that was told as a function is unwrapped. */
export function closeCall(state: ResponseState, choice: ChoiceState, call: CallState): void {
  const index = call.block ?? openCall(state, choice, call)
  call.block = index
  const text = call.emulated ? unwrapInput(call.held.join('')) : call.held.join('')
  call.held = []
  if (text !== '') emit(state, { type: 'arguments-delta', choice: choice.index, index, text })
  emit(state, { type: 'block-end', choice: choice.index, index })
}

/** The free text inside `{"input": "…"}`; arguments of another shape are the text. */
function unwrapInput(text: string): string {
  return readString(parseJsonObject(text) ?? {}, 'input') ?? text
}

function argumentsText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

/** An id for a call that came without one: the same for the same response, another for each call. */
function inventId(state: ResponseState, choice: ChoiceState): string {
  const place = `${state.responseId ?? ''}/${choice.index}/${choice.nextBlock}`
  return `call_${sha256Hex(place).slice(0, 24)}`
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
