import type { Bearing } from '../exchange/bearing.ts'
import type { ChatRequest, Turn } from '../exchange/chat.ts'
import type { BoundContent } from '../exchange/content.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { readNumber, readObject, type JsonObject } from '../kit/json.ts'
import { disagreeing, readBillMembers, type NamedLimit } from './bill-members.ts'
import { addBound, type BoundField } from './bound-content.ts'
import type { Fields } from './fields.ts'
import type { Parameters } from './parameters.ts'

/** What a dialect knows of the bodies of chats. */
export interface ChatBody {
  readonly fields: Fields
  readonly parameters: Pick<Parameters<never>, 'read'>
  /** Says what depends on several parts of the body at once. */
  readonly adjust?: (chat: Mutable<ChatRequest>, body: JsonObject) => void
  /** Fields of the body, and of a message, that stand for content and have no place in the canonical model. */
  readonly bound: readonly BoundField[]
  readonly boundInMessages?: readonly BoundField[]
  /** The names under which it limits the answer, and the object of the body in which they stand, if it is not the body. */
  readonly limits: readonly string[]
  readonly limitsWithin?: string
  /** Is a hosted tool of this name run by the client all the same? */
  readonly isClientTool?: (name: string) => boolean
}

/** Reads the name of the model. Throws `Failure('invalid-request')` where there is none. */
export function readModel(body: JsonObject, fields: Fields): string {
  const model = fields.requiredText(body, 'model')
  return model === '' ? fields.refuseKind('model', 'a name that is not empty') : model
}

/**
 * Adds to a chat what its body says beside model and turns: parameters, what only the family understands, and what bears on content
 * or bill without a place of its own. Throws `Failure('invalid-request', { param })` for the first field at fault.
 */
export function readRest(chat: Mutable<ChatRequest>, body: JsonObject, known: ChatBody): void {
  const unknown = known.parameters.read(chat, body)
  known.adjust?.(chat, body)
  if (unknown !== undefined) chat.extra = { [known.fields.family]: unknown }
  setDefined(chat, 'bound', findBound(chat.turns, unknown, known))
  setDefined(chat, 'bearing', readBearing(chat, body, known))
}

function findBound(
  turns: readonly Turn[],
  unknown: JsonObject | undefined,
  { fields: { family }, bound: fields, boundInMessages }: ChatBody,
): readonly BoundContent[] | undefined {
  let bound = addBound(undefined, unknown, { family, fields })
  if (boundInMessages === undefined) return bound
  for (const { extra, at } of turns)
    bound = addBound(bound, extra?.[family], { family, fields: boundInMessages, within: at })
  return bound
}

/** Which of two limits a server obeys nobody knows, so all of them must agree. */
function readBearing(chat: ChatRequest, body: JsonObject, known: ChatBody): Bearing | undefined {
  const { fields, limits: names, limitsWithin, isClientTool } = known
  const { bearing, limits } = readBillMembers(chat.extra?.[fields.family], chat, isClientTool)
  let all: NamedLimit[] | undefined
  const held = limitsWithin === undefined ? body : (readObject(body, limitsWithin) ?? {})
  for (const path of names) {
    const tokens = readNumber(held, path)
    if (tokens !== undefined) (all ??= []).push({ path, tokens })
  }
  if (limits.length + (all?.length ?? 0) < 2) return bearing
  const pair = disagreeing([...(all ?? []), ...limits])
  if (pair === undefined) return bearing
  const [one, other] = pair
  return fields.refuse(other, `limits the same as \`${one}\` and disagrees with it`)
}
