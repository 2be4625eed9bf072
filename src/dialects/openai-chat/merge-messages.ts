import type { NoticeSink } from '../../exchange/notice.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'

/**
 * Joins neighbouring messages of the same role, for targets whose turns must alternate. Tool messages are left alone,
 * because each answers its own call.
 */
export function mergeMessages(messages: readonly JsonObject[], notice: NoticeSink): JsonObject[] {
  const merged: JsonObject[] = []
  messages.forEach((message, index) => {
    const last = merged.at(-1)
    if (last === undefined || message['role'] === 'tool' || last['role'] !== message['role']) {
      merged.push(message)
      return
    }
    notice('turn.merged', `messages[${index}]`)
    merged[merged.length - 1] = joinMessages(last, message)
  })
  return merged
}

function joinMessages(first: JsonObject, second: JsonObject): JsonObject {
  const calls = [...toList(first['tool_calls']), ...toList(second['tool_calls'])]
  return {
    ...second,
    ...first,
    content: joinContent(first['content'], second['content']),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

function joinContent(first: Json | undefined, second: Json | undefined): Json {
  const left = first ?? ''
  const right = second ?? ''
  if (typeof left === 'string' && typeof right === 'string') {
    return [left, right].filter((text) => !isBlank(text)).join('\n\n')
  }
  return [...toParts(left), ...toParts(right)]
}

function toParts(content: Json): readonly Json[] {
  if (isArray(content)) return content
  return typeof content === 'string' && !isBlank(content) ? [{ type: 'text', text: content }] : []
}

function toList(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value.filter(isObject) : []
}
