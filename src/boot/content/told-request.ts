import type { Turn } from '../../exchange/chat.ts'
import type { ModelRequest } from '../../exchange/operations/all.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { blockJson, plainJson, toJson } from './plain-content.ts'

/** Members that say nothing of what is asked, or stand elsewhere. */
const NOT_TOLD = new Set([
  'operation',
  'model',
  'stream',
  'turns',
  'extra',
  'bearing',
  'bound',
  'answerShape',
  'wantsUsage',
])

/** What was asked, turn by turn, in steps. */
export function* toldRequest(request: ModelRequest): Generator<void, JsonObject> {
  const told: Record<string, Json> = { model: request.model, stream: request.stream }
  if ('turns' in request) Object.assign(told, yield* toldTurns(request.turns))
  for (const [name, value] of Object.entries(request))
    if (!NOT_TOLD.has(name) && value !== undefined)
      told[underscored(name)] = withoutPlaces(plainJson(toJson(value)))
  Object.assign(told, extraOf(request))
  return told
}

/** The turns from the last one back, as far as there is room, and what stands before all of them. */
function* toldTurns(turns: readonly Turn[]): Generator<void, JsonObject> {
  const first = turns.findIndex(({ role }) => role !== 'system')
  const heads = first < 0 ? turns : turns.slice(0, first)
  const told: JsonObject[] = []
  let room: number = LIMITS.contentBytes
  let place = turns.length
  for (; place > heads.length && room > 0; place -= 1) {
    const turn = turns[place - 1]
    if (turn === undefined) break
    const json = turnJson(turn)
    room -= JSON.stringify(json).length
    if (room >= 0 || told.length === 0) told.unshift(json)
    yield
  }
  const left = turns.length - heads.length - told.length
  return { turns: [...heads.map(turnJson), ...told], ...(left === 0 ? {} : { turns_left_out: left }) }
}

function turnJson({ role, rank, name, blocks }: Turn): JsonObject {
  return { role, rank, name, blocks: blocks.map(blockJson) }
}

/** What only one family of dialects knows, under its own names. */
export function extraOf({ extra }: ModelRequest): JsonObject {
  const members: Record<string, Json> = {}
  for (const [name, value] of Object.values(extra ?? {}).flatMap((one) => Object.entries(one)))
    if (value !== undefined) members[name] = plainJson(value)
  return members
}

/** Where a client wrote something is told in its own words, and is no part of what it wrote. */
export function withoutPlaces(value: Json): Json {
  if (Array.isArray(value)) return value.map((one: Json) => withoutPlaces(one))
  if (!isObject(value)) return value
  const kept: Record<string, Json> = {}
  for (const [name, member] of Object.entries(value))
    if (member !== undefined && !(name === 'at' && typeof member === 'string'))
      kept[name] = withoutPlaces(member)
  return kept
}
