import type { Database } from 'bun:sqlite'
import type {
  ConversationBounds,
  ResponseQuestion,
  StoredConversation,
  StoredResponse,
} from '../stored-responses.ts'
import { isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'

const FIND = `select responses.*, input, answer from responses join response_texts using (sequence)
  where owner = ? and id = ? and used_ms >= ?`

/** An answer of an owner; undefined where it is not kept. */
export function readResponse(
  database: Database,
  { owner, id, usedSinceMs }: ResponseQuestion,
): StoredResponse | undefined {
  const row = database.query<SqlRow, [string, string, number]>(FIND).get(owner, id, usedSinceMs)
  return row === null ? undefined : toResponse(row)
}

/** From the answer that is asked for back to the first, as far as the bounds go and one further. */
const LEAD_UP = `with recursive lead_up (place, sequence, previous_id, bytes) as (
    select 1, sequence, previous_id, bytes from responses where owner = ?1 and id = ?2 and used_ms >= ?3
    union all
    select place + 1, earlier.sequence, earlier.previous_id, lead_up.bytes + earlier.bytes
      from lead_up join responses as earlier on earlier.owner = ?1 and earlier.id = lead_up.previous_id
      where place <= ?4 and lead_up.bytes <= ?5
  )`
const LAST = `${LEAD_UP} select place, previous_id, bytes from lead_up order by place desc limit 1`
const ALL = `${LEAD_UP} select responses.*, input, answer from lead_up
  join responses using (sequence) join response_texts using (sequence) order by place desc`

/**
 * The answers that led to one. Nothing of them is read before it is known that all are there and not too much, and all of it from one
 * state of the database: what is removed meanwhile would be missing from the middle.
 */
export function readConversation(
  database: Database,
  question: ResponseQuestion,
  bounds: ConversationBounds,
): StoredConversation {
  return database.transaction(() => readLeadUp(database, question, bounds))()
}

function readLeadUp(
  database: Database,
  { owner, id, usedSinceMs }: ResponseQuestion,
  { responses, bytes }: ConversationBounds,
): StoredConversation {
  type Question = [string, string, number, number, number]
  const question: Question = [owner, id, usedSinceMs, responses, bytes]
  const last = database.query<SqlRow, Question>(LAST).get(...question)
  if (last === null) return { refused: 'missing' }
  if (numberAt(last, 'place') > responses || numberAt(last, 'bytes') > bytes) return { refused: 'too-long' }
  if (isSet(last, 'previous_id')) return { refused: 'missing' }
  return {
    responses: database
      .query<SqlRow, Question>(ALL)
      .all(...question)
      .map(toResponse),
  }
}

function toResponse(row: SqlRow): StoredResponse {
  return {
    id: textAt(row, 'id'),
    owner: textAt(row, 'owner'),
    dialect: textAt(row, 'dialect'),
    model: textAt(row, 'model'),
    atMs: numberAt(row, 'at_ms'),
    ...(isSet(row, 'previous_id') ? { previousId: textAt(row, 'previous_id') } : {}),
    input: textAt(row, 'input'),
    answer: textAt(row, 'answer'),
    ...(isSet(row, 'target')
      ? { holder: { target: textAt(row, 'target'), credential: textAt(row, 'credential') } }
      : {}),
  }
}
