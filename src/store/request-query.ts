import type { BegunFor } from '../exchange/begun.ts'
import { CACHE_OUTCOMES } from '../exchange/cache.ts'
import { FAILURES } from '../exchange/failure-table.ts'
import { GUARD_VERDICTS } from '../exchange/guard.ts'
import type { Scope } from '../exchange/owner.ts'

/**
 * How the values of a field are written and compared. `name`: a text, `*` in it for anything; `number`: a whole number;
 * `duration`: milliseconds, with a unit; `money`: US dollars; `score`: from -1 to 1; `flag`: yes or no; `moment`: a time or an age.
 */
export type FieldKind = 'name' | 'number' | 'duration' | 'money' | 'score' | 'flag' | 'moment'

/** What is known of a field. */
export interface FieldFacts {
  readonly kind: FieldKind
  /** What it reads, for whoever writes a question. */
  readonly says: string
  /** True where it has parts, `field.part:value`. */
  readonly hasParts?: true
  /** Everything that it can be, where that is known. */
  readonly words?: readonly string[]
}

/** The compiler keeps this complete. */
const BEGUN_FOR: Readonly<Record<BegunFor, true>> = {
  first: true,
  retry: true,
  fallback: true,
  hedge: true,
  race: true,
  rung: true,
  continue: true,
}

const OWNER_FIELDS: Readonly<Record<Scope, FieldFacts>> = {
  key: { kind: 'name', says: 'id of the key' },
  user: { kind: 'name', says: 'id of the user' },
  customer: { kind: 'name', says: 'id of the customer' },
  project: { kind: 'name', says: 'project of the key' },
  team: { kind: 'name', says: 'id of the team' },
  organisation: { kind: 'name', says: 'id of the organisation' },
}

/** Everything that lines of the request log can be asked by: one row per field. Reference, parser and stores read it. */
export const REQUEST_FIELDS = {
  id: { kind: 'name', says: 'id of the request' },
  at: { kind: 'moment', says: 'when it began: a time, a day, or an age such as `24h`' },
  outcome: {
    kind: 'name',
    says: '`ok`, `client-gone` or the code of a [failure](failures.md)',
    words: ['ok', ...Object.keys(FAILURES)],
  },
  status: {
    kind: 'number',
    says: 'status that the client got, or `ok`, `error` (neither `ok` nor `gone`) or `gone` (the client left)',
  },
  text: {
    kind: 'name',
    says: 'something that was said, in whatever case, where that is [kept](content.md); only of lists of requests, and without `-`',
  },
  error: { kind: 'name', says: 'who has to act on the failure: `client`, `gateway` or `provider`' },
  route: { kind: 'name', says: 'route that was taken' },
  model: { kind: 'name', says: 'model that was asked for, as the client wrote it' },
  target: { kind: 'name', says: 'target that answered, `provider/model`' },
  provider: { kind: 'name', says: 'provider of the target that answered' },
  tried: { kind: 'name', says: 'a target that was asked, whether or not it answered' },
  begun: {
    kind: 'name',
    says: 'why one of its attempts was begun: `first`, `retry`, `fallback`, `hedge`, `race`, `rung` or `continue`',
    words: Object.keys(BEGUN_FOR),
  },
  attempts: { kind: 'number', says: 'how many attempts there were' },
  ...OWNER_FIELDS,
  key_name: { kind: 'name', says: 'name of the key' },
  session: { kind: 'name', says: 'session that the client named' },
  tag: { kind: 'name', says: 'a tag of the request; `tag.a:b` is the tag `a:b` or `a=b`', hasParts: true },
  client: { kind: 'name', says: 'program that asked, where it is known by its headers' },
  dialect: { kind: 'name', says: "the client's dialect" },
  operation: { kind: 'name', says: 'what was asked: `chat`, `embed`, …' },
  stream: { kind: 'flag', says: 'whether the answer was to be streamed' },
  duration: { kind: 'duration', says: 'until all of the answer was sent' },
  ttft: { kind: 'duration', says: 'until the first event of the answer' },
  upstream: { kind: 'duration', says: 'time in which providers were waited for' },
  input: { kind: 'number', says: 'tokens of input, over all attempts' },
  output: { kind: 'number', says: 'tokens of output, over all attempts' },
  cost: { kind: 'money', says: 'what it cost; requests without a price have none' },
  saved: {
    kind: 'money',
    says: 'what it saved to look at answers, or that one was kept: `cache` tells which',
  },
  cache: {
    kind: 'name',
    says: 'what came of it at the [cache](caching.md): `hit`, `semantic` (the answer to a [similar question](semantic-cache.md)), `stale`, `coalesced`, `miss`, `refresh` or `bypass`; `""` where its route keeps nothing',
    words: CACHE_OUTCOMES,
  },
  estimated: { kind: 'flag', says: 'whether usage and cost are not, or not all, what providers reported' },
  simulated: { kind: 'flag', says: 'whether its money is invented' },
  notice: { kind: 'name', says: 'a notice that the client got' },
  guardrail: {
    kind: 'name',
    says: 'a [guardrail](guardrails.md) that has found something, or could not look, in either phase; those in shadow mode too',
  },
  verdict: {
    kind: 'name',
    says: 'what a guardrail has said: `passed`, `flagged`, `failed`, `masked`, `restricted` or `blocked`; `shadow-blocked` and so on for what it would have',
    words: GUARD_VERDICTS.flatMap((verdict) => [verdict, `shadow-${verdict}`]),
  },
  replayed: {
    kind: 'flag',
    says: 'whether it got what an earlier request got, by its [idempotency key](idempotency.md)',
  },
  feedback: {
    kind: 'score',
    says: 'what somebody thought of the answer, from -1 to 1; `""` where nobody has said so',
  },
  purpose: { kind: 'name', says: 'why the gateway asked it of its own accord; `""` for what clients asked' },
  parent: { kind: 'name', says: 'request on whose behalf the gateway asked it' },
  plan: { kind: 'name', says: 'version of the plan that it was decided under' },
} as const satisfies Readonly<Record<string, FieldFacts>>

export type RequestField = keyof typeof REQUEST_FIELDS

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
export const REQUEST_FIELD_NAMES = Object.keys(REQUEST_FIELDS) as readonly RequestField[]

/** What is known of a field. */
export function fieldFacts(field: RequestField): FieldFacts {
  return REQUEST_FIELDS[field]
}

export type Comparison = '=' | '>' | '>=' | '<' | '<='

/** What a field is held against: a text that it equals (the empty one: it is absent), a pattern, or a number. */
export type Test =
  | { readonly is: string }
  /** Texts in order, with anything between them. */
  | { readonly like: readonly string[] }
  | { readonly compare: Comparison; readonly to: number | bigint }

/** One condition on a line of the request log: any of the tests holds. */
export interface Condition {
  readonly field: StoredField
  /** Of a field with parts. */
  readonly part?: string
  /** Lines for which it does not hold are meant; a field that is absent holds no test but that for absence. */
  readonly not?: boolean
  readonly tests: readonly Test[]
}

/** The fields of lines: what an error is blamed on follows from the outcome, and texts stand elsewhere. */
export type StoredField = Exclude<RequestField, 'error' | 'text'>

/** Which lines of the request log are asked for: those for which all conditions hold. What is absent holds for any. */
export interface RequestFilter {
  readonly conditions?: readonly Condition[]
  /** What their content must hold, in whatever case. Only a list can be asked so. */
  readonly texts?: readonly string[]
  /** Since when, inclusive, and until when, exclusive. */
  readonly fromMs?: number
  readonly toMs?: number
}

/** What was looked at, where a question would have looked at more lines than one may. */
export interface LookedAt {
  /** Lines that were held against the conditions. */
  readonly rows: number
  /** The time of the last of them. */
  readonly atMs: number
}
