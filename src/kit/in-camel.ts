import { isObject, setMember, type Json, type JsonObject } from './json.ts'

/**
 * An object with its members in camel case, as servers that speak protobuf take `system_instruction` for `systemInstruction`
 * (https://protobuf.dev/programming-guides/json). Those below stay as they are, since they may be the client's data, and so does a
 * member whose other name stands beside it: which of the two a server obeys nobody knows. The same object where there is nothing to do.
 *
 * @param levels 2 for the members of the objects in it as well
 */
export function inCamel(object: JsonObject, levels: 1 | 2 = 1): JsonObject {
  let named: Record<string, Json | undefined> | undefined
  for (const key of Object.keys(object)) {
    const value = object[key]
    const said = levels === 2 && isObject(value) ? inCamel(value) : value
    const camel = toCamel(key)
    const isTwice = camel !== key && Object.hasOwn(object, camel) && object[camel] !== null
    const name = isTwice ? key : camel
    if (said === value && name === key) continue
    named ??= { ...object }
    delete named[key]
    setMember(named, name, said)
  }
  return named ?? object
}

function toCamel(key: string): string {
  if (!key.includes('_')) return key
  return key.replaceAll(/(?<=[a-z\d])_([a-z])/g, (_snake, letter: string) => letter.toUpperCase())
}
