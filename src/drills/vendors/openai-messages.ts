import { readArray, readString, type JsonObject } from '../../kit/json.ts'
import { VendorError, type VendorErrorDetails } from '../vendor-error.ts'
import { indexedObjects, isPresent } from '../wire-path.ts'

const MAX_CALL_ID = 40
const ROLES: ReadonlySet<string> = new Set(['developer', 'system', 'user', 'assistant', 'tool', 'function'])

/**
 * Refuses conversations that OpenAI does not take: roles, absent content, long ids, tool messages that do not stand behind their
 * calls. Throws `VendorError` of status 400 in its words.
 */
export function checkOpenaiMessages(body: JsonObject): void {
  checkEach(body)
  checkToolMessages(body)
}

function checkEach(body: JsonObject): void {
  if (readArray(body, 'messages').length === 0) {
    refuse(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      {
        param: 'messages',
        code: 'empty_array',
      },
    )
  }
  for (const [index, message] of indexedObjects(body, 'messages')) {
    const at = `messages[${index}]`
    const role = readString(message, 'role')
    if (role === undefined || !ROLES.has(role)) {
      refuse(`Invalid value: '${role ?? ''}'. Supported values are: ${quoted(ROLES)}.`, {
        param: `${at}.role`,
        code: 'invalid_value',
      })
    }
    checkContent(message, at)
  }
}

function checkContent(message: JsonObject, at: string): void {
  const content = message['content']
  const mayBeNull =
    readArray(message, 'tool_calls').length > 0 ||
    ['audio', 'function_call', 'refusal'].some((field) => isPresent(message, field))
  if ((content === undefined || content === null) && !mayBeNull) {
    refuse(`Invalid value for 'content': expected a string, got null.`, {
      param: `${at}.content`,
      code: 'invalid_type',
    })
  }
  for (const [index, call] of indexedObjects(message, 'tool_calls')) {
    const id = readString(call, 'id') ?? ''
    if (id.length > MAX_CALL_ID) tooLong(`${at}.tool_calls[${index}].id`, id.length)
  }
  const answered = readString(message, 'tool_call_id') ?? ''
  if (answered.length > MAX_CALL_ID) tooLong(`${at}.tool_call_id`, answered.length)
  if (readString(message, 'role') !== 'tool') return
  for (const [index, part] of indexedObjects(message, 'content')) {
    const type = readString(part, 'type') ?? ''
    if (type !== 'text')
      refuse(`Invalid value: '${type}'. Supported values are: 'text'.`, {
        param: `${at}.content[${index}].type`,
      })
  }
}

function tooLong(param: string, length: number): never {
  refuse(
    `Invalid '${param}': string too long. Expected a string with maximum length ${MAX_CALL_ID}, but got a string with length ${length} instead.`,
    { param, code: 'string_above_max_length' },
  )
}

/** Calls and their results must stand together: results right behind the calls, all of them, and none without a call. */
function checkToolMessages(body: JsonObject): void {
  let open = new Set<string>()
  for (const [index, message] of indexedObjects(body, 'messages')) {
    if (readString(message, 'role') === 'tool') {
      const id = readString(message, 'tool_call_id') ?? ''
      if (!open.delete(id)) orphan(index)
      continue
    }
    if (open.size > 0) unanswered(open)
    open = new Set(indexedObjects(message, 'tool_calls').map(([, call]) => readString(call, 'id') ?? ''))
  }
  if (open.size > 0) unanswered(open)
}

function orphan(index: number): never {
  refuse(
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    {
      param: `messages.[${index}].role`,
    },
  )
}

function unanswered(ids: ReadonlySet<string>): never {
  refuse(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    { param: 'messages' },
  )
}

function refuse(message: string, details: VendorErrorDetails = {}): never {
  throw new VendorError(400, message, details)
}

function quoted(words: Iterable<string>): string {
  return [...words].map((word) => `'${word}'`).join(', ')
}
