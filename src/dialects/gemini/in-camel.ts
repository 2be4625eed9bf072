import { setMember, type Json, type JsonObject } from '../../kit/json.ts'

const SNAKE = /[a-z\d]_[a-z]/

/**
 * An object with its members named as the reference does: the API takes `system_instruction` as well as `systemInstruction`
 * (https://protobuf.dev/programming-guides/json). Only its own members, since what they hold may be the client's data; the same
 * object where there is nothing to do.
 */
export function inCamel(object: JsonObject): JsonObject {
  let isSnake = false
  for (const key in object) isSnake ||= SNAKE.test(key)
  if (!isSnake) return object
  const named: Record<string, Json | undefined> = {}
  for (const key of Object.keys(object)) setMember(named, toCamel(key), object[key])
  return named
}

function toCamel(key: string): string {
  return key.replaceAll(/(?<=[a-z\d])_([a-z])/g, (_snake, letter: string) => letter.toUpperCase())
}
