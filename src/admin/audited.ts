import { canonicalJson } from '../kit/canonical-json.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import { isObject, parseJsonObject, type Json, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseKey } from '../exchange/virtual-key.ts'
import type { AuditAct } from '../store/audit.ts'
import type { AdminCall, AdminRoute } from './admin-route.ts'
import type { AuditDesk } from './audit-desk.ts'
import type { AuditTerms } from './audit-terms.ts'
import { AdminProblem } from './problem.ts'

/** Who asks, as long as there is one token for all who operate. */
const TOKEN_ACTOR = 'admin token'

export interface AuditedNeeds {
  readonly audit: AuditDesk
  readonly nowMs: () => number
  /** The status that what a handler throws is answered with. */
  readonly statusOf: (thrown: unknown) => number
}

/**
 * Has a request answered, and leaves an entry of it where its route says so: one, whatever comes of it. It is taken down before anything is done.
 *
 * @throws AdminProblem `store-failing` when that cannot be done; then nothing else is either
 */
export async function audited(
  { route, call }: { readonly route: AdminRoute; readonly call: AdminCall },
  { audit, nowMs, statusOf }: AuditedNeeds,
  act: () => Promise<Response>,
): Promise<Response> {
  const { audit: terms } = route
  if (terms === undefined) return act()
  const begun = toAct(route, call, { id: audit.newId(), atMs: nowMs() })
  const isBegun = audit.begin(begun).then(
    () => undefined,
    (cause: unknown) => ({ cause }),
  )
  if (terms.isUrgent !== true) {
    const refusal = await isBegun
    if (refusal !== undefined) throw noEntry(refusal.cause)
  }
  try {
    const response = await act()
    await isBegun
    await audit.end(await withAnswer(begun, terms, response))
    return response
  } catch (thrown) {
    await isBegun
    await audit.end({ ...begun, outcome: String(statusOf(thrown)) })
    throw thrown
  }
}

function noEntry(cause: unknown): AdminProblem {
  const detail = 'The audit takes no entry now, so nothing was done.'
  return new AdminProblem('store-failing', { detail, cause })
}

function toAct(
  route: AdminRoute,
  { params, query, body, peer }: AdminCall,
  { id, atMs }: Pick<AuditAct, 'id' | 'atMs'>,
): AuditAct {
  const { method, path, audit: terms } = route
  const given: JsonObject = { ...Object.fromEntries(query), ...(isObject(body) ? body : {}) }
  const told = Object.entries(given).filter(([name]) => terms?.tells?.includes(name) === true)
  const untold = Object.keys(given).filter((name) => terms?.tells?.includes(name) !== true)
  const ids = Object.values(params).map(withoutKeys)
  const asked = { method, path, params: ids, said: Object.fromEntries(told), untold }
  return {
    id,
    atMs,
    actor: TOKEN_ACTOR,
    act: `${method} ${path}`,
    outcome: 'unknown',
    digest: sha256Hex(canonicalJson(asked)),
    summary: summaryOf(told, untold, route),
    ...defined({
      address: peer?.address,
      subject: ids.length === 0 ? terms?.subject : subjectOf(terms?.subject ?? '', ids.join('/')),
    }),
  }
}

/** What was asked for. Names that nobody has thought of come from whoever asks, so that only those are told that the route knows. */
function summaryOf(
  told: readonly (readonly [string, Json | undefined])[],
  untold: readonly string[],
  { body, query }: AdminRoute,
): string {
  const known = new Set([...membersOf(body), ...membersOf(query)])
  const hidden = untold.filter((name) => known.has(name))
  const parts = told.map(([name, value]) => `${name}: ${cut(withoutKeys(show(value)), LIMITS.auditValue)}`)
  const notTold = hidden.length === 0 ? [] : [`not told: ${hidden.join(', ')}`]
  return cut([...parts, ...notTold].join('; '), LIMITS.auditSummary)
}

function membersOf(schema: AdminRoute['body']): readonly string[] {
  return schema !== undefined &&
    'shape' in schema &&
    typeof schema.shape === 'object' &&
    schema.shape !== null
    ? Object.keys(schema.shape)
    : []
}

function show(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

async function withAnswer(begun: AuditAct, terms: AuditTerms, response: Response): Promise<AuditAct> {
  const { subject, idIn, cameOf } = terms
  const outcome = String(response.status)
  const answer = await readAnswer(response, terms)
  if (answer === undefined) return { ...begun, outcome }
  const id = begun.subject === subject ? idIn?.(answer) : undefined
  const summary = [begun.summary, cameOf?.(answer) ?? ''].filter((part) => part !== '').join('; ')
  return {
    ...begun,
    outcome,
    summary: cut(withoutKeys(summary), LIMITS.auditSummary),
    ...(id === undefined ? {} : { subject: subjectOf(subject, id) }),
  }
}

async function readAnswer(response: Response, { idIn, cameOf }: AuditTerms): Promise<JsonObject | undefined> {
  if (idIn === undefined && cameOf === undefined) return undefined
  const isJson = response.ok && response.headers.get('content-type') === 'application/json'
  return isJson ? parseJsonObject(await response.clone().text()) : undefined
}

function subjectOf(kind: string, id: string): string {
  return cut(`${kind}:${id}`, LIMITS.auditSubject)
}

const WORD = /[^\s"',;:/]+/g

/** Somebody may paste a key where an id or a name belongs. */
function withoutKeys(text: string): string {
  return text.replaceAll(WORD, (word) => {
    const key = parseKey(word)
    return key === undefined ? word : `[key ${key.id}]`
  })
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
