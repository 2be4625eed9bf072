import type { Signature } from '../../exchange/content.ts'
import { defined } from '../../kit/defined.ts'
import {
  isObject,
  parseJsonObject,
  readNumber,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { presentExtra, unknownMembers } from '../unknown-members.ts'
import { readCallSignature } from './call-signature.ts'
import type { CallState, ChatAnswer, ChatChoice } from './chat-answer.ts'
import { FAMILY, TOOL_CALL_FIELDS } from './vocabulary.ts'

/**
 * Reads one entry of `tool_calls`. Providers leave out the index, the type and the id, repeat or empty them, send a
 * whole call at once or the arguments as an object; whatever comes, a call is opened once, with id and name.
 */
export function readCall(answer: ChatAnswer, choice: ChatChoice, entry: JsonObject): void {
  const held = readObject(entry, 'function') ?? readObject(entry, 'custom') ?? NOTHING
  const marks: CallMarks = {
    key: readNumber(entry, 'index'),
    id: filled(readString(entry, 'id')),
    wireName: filled(readString(held, 'name')),
    text: argumentsText(held['arguments'] ?? held['input']),
  }
  // In the body of a unary answer every entry is a call of its own.
  const call = answer.isWhole ? addCall(choice, entry, marks) : callOf(choice, entry, marks)
  if (call.block === undefined) {
    call.id ??= marks.id
    call.wireName ??= marks.wireName
  }
  call.text += marks.text
  const signature = readCallSignature(entry)
  if (signature !== undefined) keepSignature(answer, call, signature)
  if (call.block !== undefined) answer.say(call.block, marks.text)
  else if (call.wireName !== undefined) openCall(answer, choice, call)
}

/** A proof that comes with the call is part of it from the start; one that comes later is told by itself. */
function keepSignature(answer: ChatAnswer, call: CallState, signature: Signature): void {
  if (call.signature?.value === signature.value) return
  call.signature = signature
  if (call.block !== undefined) answer.sign(call.block, signature)
}

/** Reads the deprecated `function_call`, of which an answer has at most one. */
export function readLegacyCall(answer: ChatAnswer, choice: ChatChoice, held: JsonObject): void {
  readCall(answer, choice, { index: -1, function: held })
}

/** By what an entry of `tool_calls` tells which call it belongs to. */
interface CallMarks {
  readonly key: number | undefined
  readonly id: string | undefined
  readonly wireName: string | undefined
  readonly text: string
}

/** The call that an entry of a stream belongs to; a new one where it is none of those before it. */
function callOf(choice: ChatChoice, entry: JsonObject, marks: CallMarks): CallState {
  const latest = latestCall(choice, marks)
  if (latest === undefined) return addCall(choice, entry, marks)
  if (!isAnother(latest, marks)) return latest
  const known = sameId(choice, marks)
  if (known !== undefined) return known
  const call = addCall(choice, entry, marks)
  // Where it names no tool either, it is one more call of the same.
  call.wireName = marks.wireName ?? latest.wireName
  return call
}

/** The call that an entry goes on with, as far as its index or, without one, its id and name tell. */
function latestCall(choice: ChatChoice, marks: CallMarks): CallState | undefined {
  const { key, id, wireName } = marks
  if (key !== undefined) return choice.calls.findLast((call) => call.key === key)
  if (id !== undefined) return sameId(choice, marks)
  return wireName === undefined ? choice.calls.at(-1) : undefined
}

function sameId(choice: ChatChoice, { id }: CallMarks): CallState | undefined {
  return id === undefined ? undefined : choice.calls.find((call) => call.id === id)
}

/**
 * Some servers give every call the index 0, and some of those no id: another id together with a name, another name, or
 * arguments behind arguments that are complete, is another call.
 */
function isAnother(call: CallState, { id, wireName, text }: CallMarks): boolean {
  if (wireName !== undefined && id !== undefined && call.id !== undefined) return id !== call.id
  if (wireName !== undefined && call.wireName !== undefined && wireName !== call.wireName) return true
  return call.form === 'json' && text.startsWith('{') && isWhole(call.text)
}

function isWhole(text: string): boolean {
  return text.endsWith('}') && parseJsonObject(text) !== undefined
}

function addCall(choice: ChatChoice, entry: JsonObject, { key }: CallMarks): CallState {
  const call: CallState = {
    key,
    id: undefined,
    wireName: undefined,
    signature: undefined,
    form: isObject(entry['custom']) ? 'text' : 'json',
    extra: presentExtra(FAMILY, unknownMembers(entry, TOOL_CALL_FIELDS)),
    block: undefined,
    text: '',
  }
  choice.calls.push(call)
  choice.hasCalled = true
  return call
}

/** Opens a call with the arguments that it has so far. */
function openCall(answer: ChatAnswer, choice: ChatChoice, call: CallState): void {
  const { id = '', wireName = '', form, signature, extra, text } = call
  answer.endProse(choice)
  call.block = answer.openCall(choice, { id, wireName, form, ...defined({ signature, extra }) })
  if (call.block !== undefined) answer.say(call.block, text)
}

/** Ends all calls. One that said nothing at all was none. */
export function endCalls(answer: ChatAnswer, choice: ChatChoice): void {
  for (const call of choice.calls) {
    if (call.block === undefined && call.text !== '') openCall(answer, choice, call)
    answer.endBlock(choice, call.block)
  }
}

function argumentsText(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}

const NOTHING: JsonObject = {}
