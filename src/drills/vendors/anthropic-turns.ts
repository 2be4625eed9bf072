import { readArray, readString, type JsonObject } from '../../kit/json.ts'
import { VendorError } from '../vendor-error.ts'
import { indexedObjects } from '../wire-path.ts'

const CALL_ID = /^[a-zA-Z0-9_-]+$/

interface Message {
  readonly index: number
  readonly role: string
  readonly body: JsonObject
}

/**
 * Refuses conversations whose turns Anthropic does not take: who begins, tool results next to their calls, empty text. That one
 * role speaks twice in a row is none of it: the API takes such turns for one.
 * Throws `VendorError` of status 400 in its words.
 */
export function checkAnthropicTurns(body: JsonObject): void {
  const messages = indexedObjects(body, 'messages').map(([index, message]) => ({
    index,
    role: readString(message, 'role') ?? '',
    body: message,
  }))
  if (messages.length === 0) refuse('messages: at least one message is required')
  checkRoles(messages)
  checkText(body, messages)
  checkToolTurns(messages.filter(({ role }) => role !== 'system'))
}

function refuse(message: string): never {
  throw new VendorError(400, message)
}

function checkRoles(messages: readonly Message[]): void {
  const strange = messages.find(({ role }) => !['user', 'assistant', 'system'].includes(role))
  if (strange !== undefined) {
    refuse(`messages.${strange.index}.role: Input should be 'user', 'assistant' or 'system'`)
  }
  const spoken = messages.filter(({ role }) => role !== 'system')
  if (spoken[0]?.role !== 'user') refuse('messages: first message must use the "user" role')
}

function checkText(body: JsonObject, messages: readonly Message[]): void {
  checkBlocks(body, 'system', 'system')
  for (const { index, role, body: message } of messages) {
    checkBlocks(message, 'content', 'messages')
    const isLast = index === messages.length - 1
    if (isEmpty(message) && !(isLast && role === 'assistant')) {
      refuse(
        `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
      )
    }
  }
}

/** Refuses text that says nothing. A system prompt may be a plain text, which is held to the same. */
function checkBlocks(owner: JsonObject, key: string, place: string): void {
  const plain = key === 'system' ? readString(owner, key) : undefined
  const blocks = indexedObjects(owner, key).filter(([, block]) => block['type'] === 'text')
  const texts = blocks.map(([, block]) => readString(block, 'text') ?? '')
  if (texts.includes('')) refuse(`${place}: text content blocks must be non-empty`)
  if (plain !== undefined && plain !== '') texts.push(plain)
  if (texts.some((text) => text.trim() === ''))
    refuse(`${place}: text content blocks must contain non-whitespace text`)
}

function isEmpty(message: JsonObject): boolean {
  const content = message['content']
  return (
    content === '' ||
    content === undefined ||
    (typeof content !== 'string' && readArray(message, 'content').length === 0)
  )
}

function checkToolTurns(messages: readonly Message[]): void {
  for (const [position, message] of messages.entries()) {
    const calls = idsOf(message, { type: 'tool_use', field: 'id' })
    const results = idsOf(message, { type: 'tool_result', field: 'tool_use_id' })
    const before = messages[position - 1]
    const after = messages[position + 1]
    const called = before === undefined ? [] : idsOf(before, { type: 'tool_use', field: 'id' })
    const orphan = results.find(({ id }) => !called.some((call) => call.id === id))
    if (orphan !== undefined) {
      refuse(
        `messages.${message.index}.content.${orphan.block}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${orphan.id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      )
    }
    const answers = after === undefined ? [] : idsOf(after, { type: 'tool_result', field: 'tool_use_id' })
    const missing = calls.filter(({ id }) => !answers.some((answer) => answer.id === id))
    if (missing.length > 0) {
      refuse(
        `messages.${message.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.map(({ id }) => id).join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      )
    }
  }
}

function idsOf(
  message: Message,
  wanted: { readonly type: string; readonly field: string },
): readonly { readonly id: string; readonly block: number }[] {
  const found = []
  for (const [block, content] of indexedObjects(message.body, 'content')) {
    if (content['type'] !== wanted.type) continue
    const id = readString(content, wanted.field) ?? ''
    if (!CALL_ID.test(id)) {
      refuse(
        `messages.${message.index}.content.${block}.${wanted.type}.${wanted.field}: String should match pattern '^[a-zA-Z0-9_-]+$'`,
      )
    }
    found.push({ id, block })
  }
  return found
}
