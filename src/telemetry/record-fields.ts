import type { JsonObject } from '../kit/json.ts'

/**
 * How a field of a record is written. `moment`: RFC 3339 in UTC; `money`: US dollars as decimal text, exact; `word`: one of few; `text`;
 * `count` and `number`; `flag`; `texts`: a list of texts; `parts`: a list of objects, or one of them.
 */
export type RecordFieldKind =
  | 'moment'
  | 'money'
  | 'word'
  | 'text'
  | 'count'
  | 'number'
  | 'flag'
  | 'texts'
  | 'part'
  | 'parts'

/** What is known of a field. */
export interface RecordFieldFacts {
  readonly kind: RecordFieldKind
  /** True where every record has it. */
  readonly always?: true
  readonly says: string
}

/**
 * Every field of the record of a request, as all sinks get it: docs/telemetry.md tells them, and the table in ClickHouse has a column
 * for each. A field is never given another meaning; new ones are added.
 */
export const RECORD_FIELDS = {
  v: { kind: 'count', always: true, says: 'Version of the form, 1.' },
  id: { kind: 'text', always: true, says: 'Id of the request; the client has it as `x-request-id`.' },
  at: { kind: 'moment', always: true, says: 'When it began.' },
  trace_id: { kind: 'text', always: true, says: 'Its trace, the client’s where that has told one.' },
  parent_id: { kind: 'text', says: 'The request on whose behalf the gateway asked it.' },
  purpose: { kind: 'word', says: 'Why the gateway asked it of its own accord.' },
  dialect: { kind: 'word', always: true, says: 'Language of the client.' },
  operation: { kind: 'word', always: true, says: 'What was asked: `chat`, `embed`, …' },
  stream: { kind: 'flag', always: true, says: 'Whether the answer was to be streamed.' },
  requested_model: { kind: 'text', always: true, says: 'The model as the client wrote it.' },
  route: { kind: 'text', says: 'The route that was taken.' },
  target: { kind: 'text', says: 'Who answered, `provider/model`.' },
  provider: { kind: 'word', says: 'The provider of it.' },
  model: { kind: 'text', says: 'The model of it.' },
  key_id: { kind: 'text', says: 'Whom it is counted for.' },
  key_name: { kind: 'text', says: 'Name of the key.' },
  user_id: { kind: 'text', says: 'As `key_id`.' },
  customer_id: { kind: 'text', says: 'As `key_id`.' },
  project: { kind: 'text', says: 'As `key_id`.' },
  team_id: { kind: 'text', says: 'As `key_id`.' },
  organisation_id: { kind: 'text', says: 'As `key_id`.' },
  session: { kind: 'text', says: 'The session that the client named.' },
  tags: { kind: 'texts', says: 'Tags of the request.' },
  client: { kind: 'word', says: 'The program that asked, as far as its headers tell.' },
  outcome: {
    kind: 'word',
    always: true,
    says: '`ok`, `client-gone` or the code of a [failure](failures.md).',
  },
  status: { kind: 'count', always: true, says: 'HTTP status that the client got.' },
  duration_ms: { kind: 'number', always: true, says: 'Until all of the answer was sent.' },
  upstream_ms: { kind: 'number', always: true, says: 'Of these, in which providers were waited for.' },
  first_event_ms: { kind: 'number', says: 'Until the first of the answer.' },
  input_tokens: { kind: 'count', always: true, says: 'All input of all attempts.' },
  output_tokens: { kind: 'count', always: true, says: 'All output of all attempts.' },
  cost_usd: { kind: 'money', says: 'What it cost; absent where a price is not known.' },
  cost_state: {
    kind: 'word',
    always: true,
    says: '`priced`, `estimated` (founded on an estimate of what was used), `unpriced` or `simulated` (invented money).',
  },
  saved_usd: {
    kind: 'money',
    says: 'What it saved to look at answers; where `cache` says that one was given again, what that had cost.',
  },
  cache: {
    kind: 'word',
    says: 'What came of it at the [cache](caching.md): `hit`, `stale`, `coalesced`, `miss`, `refresh` or `bypass`.',
  },
  attempts: {
    kind: 'parts',
    always: true,
    says: 'The attempts: `id`, `target`, `provider`, `model`, `credential`, `lane`, `outcome`, `status`, `started_ms`, `duration_ms`, `first_event_ms`, `basis`, `usage` (by unit), `cost_usd`, `price_id`, and `receipt`: the lines that the cost is the sum of.',
  },
  decision: {
    kind: 'part',
    says: 'Why it went there: `id`, `strategy`, `reason`, `ranked`, `left_out` (each with `target` and `reason`), `step`, `arm`.',
  },
  guardrails: {
    kind: 'parts',
    says: 'What guardrails have said: `guardrail`, `phase`, `verdict`, `found` (how often, by detector), `shadow`.',
  },
  restored: {
    kind: 'part',
    says: 'How many placeholders of masked values were put back in the answer: `restored` and `remembered` (of earlier requests), each by guardrail, and how many nobody knows (`unknown`).',
  },
  notices: { kind: 'texts', says: 'What was changed on the way.' },
  plan: { kind: 'text', always: true, says: 'Version of the configuration.' },
} as const satisfies Readonly<Record<string, RecordFieldFacts>>

/** The name of a field. */
export type RecordField = keyof typeof RECORD_FIELDS

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
export const RECORD_FIELD_NAMES = Object.keys(RECORD_FIELDS) as readonly RecordField[]

/** What is known of a field. */
export function recordFieldFacts(field: RecordField): RecordFieldFacts {
  return RECORD_FIELDS[field]
}

/** The record of a request. */
export interface RequestRecord extends JsonObject {
  readonly id: string
  readonly at: string
}
