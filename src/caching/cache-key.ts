import type { Caller } from '../exchange/caller.ts'
import type { CacheScope } from '../exchange/cache.ts'
import type { Exchange, RoutedExchange } from '../exchange/exchange.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import { sha256Hex } from '../kit/hash.ts'
import { CanonicalWriter } from './canonical.ts'
import { OPTION_FATES, REQUEST_FATES } from './fates.ts'

/** Grows when the same question gets another key. */
const VERSION = 'v1'

/** Headers that say who asks, and nothing of what. The others that reach a provider may change what it answers. */
const DELIVERY_HEADER = /(?:^|-)(?:id|version|app|key|client|client-name)$/

/** What tells one question from another. */
export interface QuestionKey {
  /** SHA-256, hex: of what is asked, of whom, and for whom the answer is kept. */
  readonly key: string
  /** For whom, as `scope:id`; the part of the key by which it is listed. */
  readonly owner: string
}

/**
 * The key of what an exchange asks. Undefined where it cannot be told apart from everything else, as it holds numbers that the
 * platform rounds.
 *
 * @param bucket which of several answers of the same question is meant
 */
export function questionKey(
  exchange: RoutedExchange,
  scope: CacheScope,
  bucket = 0,
): QuestionKey | undefined {
  const { request, requestOptions, caller, route } = exchange
  const fields = REQUEST_FATES[request.operation]
  if (fields === undefined) return undefined
  const writer = new CanonicalWriter()
  const owner = ownerIn(caller, scope)
  const parts = [
    VERSION,
    owner,
    String(bucket),
    writer.write(request, () => ({ fields })),
    writer.write(requestOptions, () => ({ fields: OPTION_FATES })),
    writer.write(headersOf(exchange), 'answer'),
    writer.write(constraintsOf(exchange), 'answer'),
    writer.write(termsOf(route), 'answer'),
  ]
  return writer.isExact ? { key: sha256Hex(parts.join('\n')), owner } : undefined
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

function headersOf({ envelope }: Exchange): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(envelope.forwarded).filter(([name]) => !DELIVERY_HEADER.test(name)),
  )
}

function constraintsOf({ only = [] }: Exchange): readonly string[] {
  return [...new Set(only.map(({ text }) => text))].sort()
}

/** What of a route an answer depends on: whom it asks, and what becomes of answers that are not good enough. */
function termsOf({ name, step, strict, accept, ranking, targets, fallback }: Route): unknown {
  return {
    name,
    step,
    strict,
    strategy: [ranking.strategy, ranking.options],
    accept: accept && [
      accept.verifiers.map((one) => one.name),
      accept.judge,
      accept.refusals,
      accept.otherwise,
    ],
    targets: entriesOf({ targets, fallback }).map(({ target }) => [
      target.id,
      target.region,
      target.capabilities,
      target.spoken.map(({ dialect, baseUrl, headers, quirks }) => ({ dialect, baseUrl, headers, quirks })),
    ]),
  }
}
