import type { NoticeSink } from '../../exchange/notice.ts'
import type { ToolCallBlock } from '../../exchange/content.ts'
import { parseJsonObject, parseJsonObjectExactly, type JsonObject } from '../../kit/json.ts'

/*
 * The input of a call is an object on this wire; what other providers call arguments is text that a model wrote. Text that is
 * no JSON object is handed on whole under a name of its own, as the documentation of the API advises for input that does not parse
 * (https://docs.claude.com/en/docs/agents-and-tools/tool-use/fine-grained-tool-streaming).
 */
const INVALID = 'INVALID_JSON'

/** The input of a finished call. */
export function callInput(call: ToolCallBlock, notice: NoticeSink): JsonObject {
  if (call.form === 'text') return { input: call.arguments }
  if (isNone(call.arguments)) return {}
  return parseJsonObjectExactly(call.arguments) ?? invalidInput(call.arguments, notice)
}

/** The JSON text of the same input, from arguments that are complete; numbers and spaces stay as they were written. */
export function callInputText(text: string, notice: NoticeSink): string {
  if (isNone(text)) return ''
  return isCallInput(text) ? text : JSON.stringify(invalidInput(text, notice))
}

/** Is the text the input of a call as it stands? */
export function isCallInput(text: string): boolean {
  return parseJsonObject(text) !== undefined
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
