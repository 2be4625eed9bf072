import type { Caller } from '../exchange/caller.ts'
import type { CacheScope } from '../exchange/cache.ts'
import type { Exchange, RoutedExchange } from '../exchange/exchange.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import { sha256Hex } from '../kit/hash.ts'
import { CanonicalWriter } from './canonical.ts'
import { OPTION_FATES, REQUEST_FATES, type Shape } from './fates.ts'

/** Grows when the same question gets another key, and when answers may have been kept under a key that told too little. */
const VERSION = 'v3'

/** Headers that say who asks, and nothing of what. The others that reach a provider may change what it answers. */
const DELIVERY_HEADER = /(?:^|[-_])(?:id|app|key|client|client-name)$/

/** What tells one question from another. */
export interface QuestionKey {
  /** SHA-256, hex: of what is asked, of whom, and for whom the answer is kept. */
  readonly key: string
  /** For whom, as `scope:id`; the part of the key by which it is listed. */
  readonly owner: string
}

/** For whom an answer is kept, and whose it may be. */
export interface KeyTerms {
  readonly scope: CacheScope
  /** Which of several answers of the same question is meant. */
  readonly bucket?: number
  /** May the caller use a target of the route? Absent: all of them. Who may use fewer has no part in what the others answer. */
  readonly permits?: ((targetId: string) => boolean) | undefined
}

/** Makes the keys of questions. What of one depends on the route alone is worked out once for each. */
export class QuestionKeys {
  readonly #terms = new WeakMap<Route, string>()
  readonly #writer = new CanonicalWriter()

  /**
   * The key of what an exchange asks. Undefined where it cannot be told apart from everything else, as it holds numbers that the
   * platform rounds.
   */
  of(exchange: RoutedExchange, { scope, bucket = 0, permits }: KeyTerms): QuestionKey | undefined {
    const { request, requestOptions, caller, route } = exchange
    const fields = REQUEST_FATES[request.operation]
    if (fields === undefined) return undefined
    const writer = this.#writer
    writer.isExact = true
    const owner = ownerIn(caller, scope)
    const text = [
      VERSION,
      owner,
      String(bucket),
      writer.write(request, () => ({ fields })),
      writer.write(requestOptions, OPTIONS),
      headersOf(exchange, writer),
      constraintsOf(exchange),
      this.#termsOf(route),
      permits === undefined ? '' : permittedOf(route, permits),
    ].join('\n')
    return writer.isExact ? { key: sha256Hex(text), owner } : undefined
  }

  #termsOf(route: Route): string {
    const known = this.#terms.get(route)
    if (known !== undefined) return known
    const written = sha256Hex(new CanonicalWriter().write(termsOf(route), 'answer'))
    this.#terms.set(route, written)
    return written
  }
}

/** Who shares an answer, `scope:id`. Who does not belong to any owner of the scope shares with fewer, never with more. */
export function ownerIn({ owners }: Pick<Caller, 'owners'>, scope: CacheScope): string {
  if (scope === 'shared') return scope
  const { key = '', project } = owners
  const own = owners[scope]
  // A user or customer is one of a project, or of a key without one: elsewhere the name may mean somebody else.
  if (own !== undefined && (scope === 'user' || scope === 'customer'))
    return `${scope}:${project ?? key}/${own}`
  if (own !== undefined) return `${scope}:${own}`
  if (scope === 'organisation' && owners.team !== undefined) return `team:${owners.team}`
  const isWide = scope === 'organisation' || scope === 'team'
  return isWide && project !== undefined ? `project:${project}` : `key:${key}`
}

const OPTIONS = (): Shape => ({ fields: OPTION_FATES })

function headersOf({ envelope: { forwarded } }: Exchange, writer: CanonicalWriter): string {
  const counting: Record<string, string> = {}
  for (const name in forwarded) if (!DELIVERY_HEADER.test(name)) counting[name] = forwarded[name] ?? ''
  return writer.write(counting, 'answer')
}

function constraintsOf({ only }: Exchange): string {
  if (only === undefined || only.length === 0) return ''
  return JSON.stringify([...new Set(only.map(({ text }) => text))].sort())
}

/** Which of all that a route may ask, after a failure too, the caller may use; empty where that is everybody. */
function permittedOf(route: Route, permits: (targetId: string) => boolean): string {
  const led = [...(route.leads?.values() ?? [])].flatMap(entriesOf)
  const all = [...entriesOf(route), ...led].map(({ target }) => target.id)
  const permitted = all.filter(permits)
  return permitted.length === all.length ? '' : JSON.stringify(permitted)
}

/** What of a route an answer depends on: whom it asks, and what becomes of answers that are not good enough. */
function termsOf({ name, step, strict, accept, leads, ...route }: Route): unknown {
  return {
    name,
    step,
    strict,
    marksPrompts: route.marksPrompts,
    strategy: [route.ranking.strategy, route.ranking.options],
    accept: accept && [
      accept.verifiers.map((one) => [one.name, one.options]),
      accept.judge,
      accept.refusals,
      accept.otherwise,
      accept.stream,
    ],
    targets: askedBy(route),
    leads: leads && [...leads].map(([code, led]) => [code, askedBy(led)]),
  }
}

function askedBy(route: Pick<Route, 'targets' | 'fallback'>): unknown {
  return entriesOf(route).map(({ target }) => [
    target.id,
    target.region,
    target.capabilities,
    target.spoken.map(({ dialect, baseUrl, headers, quirks }) => ({
      dialect,
      // The simulated provider answers at another port in each process, and all the same.
      baseUrl: target.simulated ? '' : baseUrl,
      headers,
      quirks,
    })),
  ])
}
