import type { ToolCallBlock } from '../exchange/content.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import { Failure } from '../exchange/failure.ts'
import { parseJsonObject, parseJsonObjectExactly, type Json, type JsonObject } from '../kit/json.ts'
import { jsonText } from '../kit/json-text.ts'
import { LIMITS } from '../kit/limits.ts'
import { FreeTextWrapper, wrapFreeText } from './free-text.ts'

/*
 * For wires on which the input of a call is an object; what other providers call arguments is text that a model wrote. Text that is
 * no JSON object is handed on whole under a name of its own, as Anthropic's documentation advises for input that does not parse
 * (https://docs.claude.com/en/docs/agents-and-tools/tool-use/fine-grained-tool-streaming).
 */
const INVALID = 'INVALID_JSON'

/** The input of a finished call. */
export function callInput(call: ToolCallBlock, notice: NoticeSink): JsonObject {
  if (call.form === 'text') return wrapFreeText(call.arguments)
  if (isNone(call.arguments)) return {}
  return parseJsonObjectExactly(call.arguments) ?? invalidInput(call.arguments, notice)
}

/**
 * The input of a call that a client sends back, as it stands: checked and not rewritten. Throws `Failure('invalid-request')` for
 * arguments that are no JSON object.
 *
 * @param place where its turn stands, for calls that do not know it themselves
 */
export function inputAsSaid({ form, arguments: said, id, name, at }: ToolCallBlock, place: string): Json {
  if (form === 'text') return wrapFreeText(said)
  if (said.trim() === '') return {}
  if (parseJsonObject(said) !== undefined) return jsonText(said.trim())
  throw new Failure('invalid-request', {
    param: at ?? place,
    message: `The arguments of tool call "${id}" (${name}) are not a JSON object.`,
  })
}

/** The arguments of a call as JSON text, on wires that have them as text. None are an empty object, which all servers can parse. */
export function argumentsOf({ form, arguments: text }: ToolCallBlock): string {
  if (form === 'text') return JSON.stringify(wrapFreeText(text))
  return text === '' ? '{}' : text
}

/**
 * The JSON text of the same input while it is written piece by piece; numbers and spaces stay as they were. Arguments are held back
 * while they are few (`LIMITS.heldArgumentCharacters`), so that they can be judged before they are told; free text never is.
 */
export class CallInputWriter {
  readonly #notice: NoticeSink
  readonly #wrapper: FreeTextWrapper | undefined
  readonly #pieces: string[] = []
  #characters = 0

  constructor({ form }: Pick<ToolCallBlock, 'form'>, notice: NoticeSink) {
    this.#notice = notice
    this.#wrapper = form === 'text' ? new FreeTextWrapper() : undefined
  }

  /** Takes a piece of the arguments; gives what may be told now. */
  push(piece: string): string {
    if (piece === '') return ''
    if (this.#wrapper !== undefined) return this.#wrapper.push(piece)
    const wereHeld = this.#areHeld
    this.#pieces.push(piece)
    this.#characters += piece.length
    if (this.#areHeld) return ''
    return wereHeld ? this.#pieces.join('') : piece
  }

  /** The arguments are complete: gives what is still to be told. */
  end(): string {
    if (this.#wrapper !== undefined) return this.#wrapper.end()
    const text = this.#pieces.join('')
    if (this.#areHeld) return this.#judged(text)
    // Told already: all that can be done is to say so.
    if (parseJsonObject(text) === undefined) this.#notice('arguments.invalid')
    return ''
  }

  get #areHeld(): boolean {
    return this.#characters <= LIMITS.heldArgumentCharacters
  }

  #judged(text: string): string {
    if (isNone(text)) return ''
    return parseJsonObject(text) === undefined ? JSON.stringify(invalidInput(text, this.#notice)) : text
  }
}

function invalidInput(text: string, notice: NoticeSink): JsonObject {
  notice('arguments.invalid')
  return { [INVALID]: text }
}

/** Some servers write no arguments as nothing, others as null. */
function isNone(text: string): boolean {
  const said = text.trim()
  return said === '' || said === 'null'
}
