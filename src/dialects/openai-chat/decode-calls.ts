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
  const known = whole ? undefined : findCall(choice, { key, id, name })
  const call = known ?? addCall(choice, { entry, key, emulated: tool?.text === true })
  if (call.block === undefined) {
    call.id ??= id
    call.name ??= name
  }
  const text = argumentsText(held['arguments'] ?? held['input'])
  if (text !== '') call.held.push(text)
  if (call.name !== undefined) tellCall(state, choice, call)
}

/** Reads the deprecated `function_call`, of which an answer has at most one. */
export function readLegacyCall(state: ResponseState, choice: ChoiceState, held: JsonObject): void {
  readCall(state, choice, { entry: { index: -1, function: held }, whole: false })
}

interface CallMarks {
  readonly key: number | undefined
  readonly id: string | undefined
  readonly name: string | undefined
}

function findCall(choice: ChoiceState, { key, id, name }: CallMarks): CallState | undefined {
  if (key !== undefined) {
    const sameKey = choice.calls.findLast((call) => call.key === key)
    // Some servers give every call the index 0: another id together with a name is another call.
    const isOther = id !== undefined && name !== undefined && sameKey?.id !== undefined && sameKey.id !== id
    return isOther ? choice.calls.find((call) => call.id === id) : sameKey
  }
  if (id !== undefined) return choice.calls.find((call) => call.id === id)
  return name === undefined ? choice.calls.at(-1) : undefined
}

function addCall(
  choice: ChoiceState,
  { entry, key, emulated }: { entry: JsonObject; key: number | undefined; emulated: boolean },
): CallState {
  const unknown = Object.entries(entry).filter(
    ([field, value]) => !TOOL_CALL_FIELDS.has(field) && value !== null,
  )
  const call: CallState = {
    key,
    id: undefined,
    name: undefined,
    form: emulated || isObject(entry['custom']) ? 'text' : 'json',
    extra: unknown.length === 0 ? undefined : Object.fromEntries(unknown),
    block: undefined,
    held: [],
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
