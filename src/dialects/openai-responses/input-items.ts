import type { ListPage } from '../../exchange/operations/recall.ts'
import type { StoredTexts } from '../../exchange/stored-texts.ts'
import { defined } from '../../kit/defined.ts'
import {
  isArray,
  isObject,
  parseJson,
  parseJsonObjectExactly,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { FIELDS } from './vocabulary.ts'

/*
 * The list of items that an answer was made of (https://platform.openai.com/docs/api-reference/responses/input-items).
 */

const MOST_ITEMS = 100
const USUAL_ITEMS = 20
const USUAL_PAGE: ListPage = { limit: USUAL_ITEMS, order: 'desc' }

/** Which part of the list is wanted. Throws `Failure('invalid-request')`. */
export function readPage(query: URLSearchParams | undefined): ListPage {
  if (query === undefined) return USUAL_PAGE
  const limit = Number(query.get('limit') ?? USUAL_ITEMS)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ITEMS)
    return FIELDS.refuseKind('limit', `a whole number from 1 to ${MOST_ITEMS}`)
  const order = query.get('order') ?? USUAL_PAGE.order
  if (order !== 'asc' && order !== 'desc') return FIELDS.refuseKind('order', '`asc` or `desc`')
  return { limit, order, ...defined({ after: query.get('after') ?? undefined }) }
}

/**
 * A part of the list of everything that the last answer was made of: what it was asked, and all that was asked and answered before.
 * Throws `Failure('invalid-request')` where the item before the part is not in the list.
 */
export function listItems(found: readonly StoredTexts[], page: ListPage = USUAL_PAGE): JsonObject {
  const all = itemsUntil(found)
  const ordered = page.order === 'asc' ? all : all.toReversed()
  const { after } = page
  const at = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && at === 0) return FIELDS.refuseKind('after', 'the id of an item in the list')
  const data = ordered.slice(at, at + page.limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.['id'] ?? null,
    last_id: data.at(-1)?.['id'] ?? null,
    has_more: at + data.length < ordered.length,
  }
}

function itemsUntil(found: readonly StoredTexts[]): readonly JsonObject[] {
  const last = found.length - 1
  return found.flatMap(({ id, input, answer }, index) => {
    const output = index === last ? [] : readObjects(parseJsonObjectExactly(answer) ?? {}, 'output')
    return [...inputItems(input, id), ...output]
  })
}

/** What was asked for one answer. All items have ids, also those that their client gave none. */
function inputItems(input: string, responseId: string): readonly JsonObject[] {
  const value = parseJson(input)
  const items = isArray(value) ? value.filter(isObject) : [{ role: 'user', content: value }]
  const bare = responseId.slice(responseId.indexOf('_') + 1)
  return items.map((item, index) => {
    const type = readString(item, 'type') ?? 'message'
    const id = readString(item, 'id') ?? `${PREFIXES.get(type) ?? 'item'}_${bare}_in${index}`
    const message = type === 'message' ? { content: contentOf(item), status: 'completed' } : undefined
    return { ...item, ...message, type, id }
  })
}

const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['function_call_output', 'fc'],
])

/** Content as parts; clients may write one text. */
function contentOf({ role, content }: JsonObject): Json {
  if (typeof content !== 'string') return content ?? []
  return role === 'assistant'
    ? [{ type: 'output_text', text: content, annotations: [] }]
    : [{ type: 'input_text', text: content }]
}
