import {
  isArray,
  isObject,
  parseJson,
  parseJsonExactly,
  readObject,
  readObjects,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'

/**
 * Parses a chunk of a stream, with every digit of the numbers that are handed on, as in a unary answer; most chunks hold none, and
 * looking for them costs as much as parsing. Undefined for text that is no object; some servers wrap theirs in an array.
 *
 * @param hasStarted false while chunks still say something of the response as a whole
 */
export function parseChunk(data: string, hasStarted: boolean): JsonObject | undefined {
  try {
    const chunk = chunkIn(parseJson(data))
    return chunk === undefined || !handsOnNumbers(chunk, hasStarted) ? chunk : chunkIn(parseJsonExactly(data))
  } catch {
    return undefined
  }
}

function chunkIn(value: Json): JsonObject | undefined {
  const first = isArray(value) ? value[0] : value
  return isObject(first) ? first : undefined
}

/** What a response says of itself, its probabilities, a text that is written as a number, arguments that are written as an object. */
function handsOnNumbers(chunk: JsonObject, hasStarted: boolean): boolean {
  if (!hasStarted) return true
  for (const held of readObjects(chunk, 'choices')) {
    if (isObject(held['logprobs'])) return true
    const fields = readObject(held, 'delta') ?? readObject(held, 'message') ?? {}
    if (typeof fields['content'] === 'number') return true
    if (readObjects(fields, 'tool_calls').some(holdsObjectArguments)) return true
  }
  return false
}

/** Did a server write the arguments of a call as an object instead of as text? */
function holdsObjectArguments(entry: JsonObject): boolean {
  return isObject(readObject(entry, 'function')?.['arguments'])
}
