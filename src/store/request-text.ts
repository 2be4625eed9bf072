import { columnsOf, type Column } from './columns.ts'
import { OWNER_COLUMNS } from './owner-columns.ts'
import { compileSpelling, type SpellRow } from './spell-row.ts'
import type { RequestRow } from './store.ts'

/** The columns of the request log, in the order of a `RequestText`. A new one also needs its step in the migrations of every store. */
export const REQUEST_COLUMNS: readonly Column[] = columnsOf<RequestRow>({
  id: 'text',
  atMs: 'integer',
  dialect: 'text',
  operation: 'text',
  stream: 'flag',
  requestedModel: 'name',
  route: 'text?',
  target: 'text?',
  owners: OWNER_COLUMNS,
  keyName: 'text?',
  outcome: 'text',
  status: 'integer',
  durationMs: 'real',
  firstEventMs: 'real?',
  upstreamMs: 'real',
  inputTokens: 'integer',
  outputTokens: 'integer',
  costNanoUsd: 'amount?',
  estimated: 'flag',
  simulated: 'flag',
  attempts: 'text',
  notices: 'text',
  decision: 'text?',
  planVersion: 'text',
  purpose: 'text?',
  parentId: 'text?',
  savedNanoUsd: 'amount?',
  attemptCount: 'integer?',
  cache: 'text?',
})

/** Spells a line of the request log. */
export const toRequestText: SpellRow<RequestRow> = compileSpelling(REQUEST_COLUMNS)
