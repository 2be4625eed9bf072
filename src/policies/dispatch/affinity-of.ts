import type { Affinity, AffinityKey } from '../../exchange/affinity.ts'
import { callerId } from '../../exchange/caller.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import type { Clock } from '../../kit/clock.ts'
import { hashText } from '../../kit/rendezvous.ts'
import type { WarmPlaces } from '../../routing/warm-places.ts'

/** What tells where requests belong that are kept together. */
export interface AffinityParts {
  /** Absent: nothing is remembered, and a key is only where it belongs. */
  readonly warm?: WarmPlaces
  readonly clock: Clock
}

/**
 * What keeps a request near those that it belongs to, by the first of the route's keys that it has. It is worked out once, when the
 * route is known, and taken down on the trail.
 */
export function affinityOf(exchange: Exchange, { warm, clock }: AffinityParts): Affinity | undefined {
  const { trail, route } = exchange
  if (route?.affinity === undefined) return undefined
  const { by: keys, bound } = route.affinity
  for (const by of keys) {
    const hash = HASHES[by](exchange)
    if (hash === undefined) continue
    const place = warm?.find(hash, clock.elapsedMs())
    trail.affinity = place === undefined ? { by, hash, bound } : { by, hash, bound, warm: place }
    return trail.affinity
  }
  return undefined
}

/** What a client names is its own: two callers may use the same word. A prompt that both send lies in the cache for both. */
const HASHES: Readonly<Record<AffinityKey, (exchange: Exchange) => number | undefined>> = {
  session: ({ requestOptions: { session }, caller }) => hashNamed(session, callerId(caller)),
  prompt_cache_key: ({ request, caller }) =>
    hashNamed(operationOf(request).affinity?.(request), callerId(caller)),
  prompt_prefix: ({ request }) => operationOf(request).promptPrefix?.(request),
}

/** Where what a client names belongs; undefined where it names nothing. */
export function hashNamed(name: string | undefined, owner: string): number | undefined {
  return name === undefined ? undefined : hashText(`${owner}\n${name}`)
}
