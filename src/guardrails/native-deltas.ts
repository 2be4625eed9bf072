import type { MapText } from '../exchange/map-json-texts.ts'
import { isArray, isObject, type Json, type JsonObject } from '../kit/json.ts'

/**
 * The pieces of something that only its family understands, with its texts mapped: texts at the same place of several pieces are one
 * text, cut, and are looked at as one. Where that changes, the first piece says all of it.
 */
export function joinDeltas(pieces: readonly JsonObject[], map: MapText): readonly JsonObject[] {
  const texts = new Map<string, string>()
  for (const piece of pieces)
    walk(piece, '', (path, text) => {
      texts.set(path, (texts.get(path) ?? '') + text)
      return text
    })
  const changed = new Map<string, string>()
  for (const [path, text] of texts) {
    const mapped = map(text)
    if (mapped !== text) changed.set(path, mapped)
  }
  if (changed.size === 0) return pieces
  const told = new Set<string>()
  return pieces.map((piece) =>
    walkObject(piece, '', (path, text) => {
      const whole = changed.get(path)
      if (whole === undefined) return text
      if (told.has(path)) return ''
      told.add(path)
      return whole
    }),
  )
}

type See = (path: string, text: string) => string

function walk(value: Json, path: string, see: See): Json {
  if (typeof value === 'string') return see(path, value)
  if (isArray(value)) return value.map((one, index) => walk(one, `${path}[${index}]`, see))
  return isObject(value) ? walkObject(value, path, see) : value
}

function walkObject(object: JsonObject, path: string, see: See): JsonObject {
  const walked: [string, Json][] = []
  for (const [name, member] of Object.entries(object))
    if (member !== undefined)
      walked.push([name, name === 'type' ? member : walk(member, `${path}.${name}`, see)])
  return Object.fromEntries(walked)
}
