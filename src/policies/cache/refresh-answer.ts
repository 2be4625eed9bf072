import type { RoutedExchange } from '../../exchange/exchange.ts'
import { toFailure } from '../../exchange/failure.ts'
import { Trail } from '../../exchange/trail.ts'
import { isLastChunk, watchResponse } from '../../exchange/watcher.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Admission, HandleExchange } from '../policy.ts'
import type { CacheQuestion } from './cache-question.ts'
import type { CachingParts } from './caching-parts.ts'
import { leadCall } from './led-call.ts'

/** What new answers are fetched with that nobody waits for. */
export interface RefreshingParts extends CachingParts {
  /** Lets such a call in, on the account of whoever caused it. */
  readonly admitRefresh: Admission
  readonly ids: Ids
}

/**
 * Has a new answer fetched in the place of one that was given although it is stale, when the client has that: by an exchange of its own, under
 * the purpose `refresh`, which asks on as the first had come to ask, on the account of its caller. One for each question at a time; where too many are
 * under way or the budget is spent, there is none.
 */
export function refreshAnswer(parts: RefreshingParts, question: CacheQuestion, next: HandleExchange): void {
  const { flights, clock } = parts
  const { key } = question
  if (flights.isOpen(key)) return
  if (!flights.beginRefresh(key)) return count(parts, question, 'dropped')
  clock.afterTurn(() => {
    void refresh(parts, question, next).finally(() => flights.endRefresh(key))
  })
}

/** Never rejects. */
async function refresh(parts: RefreshingParts, question: CacheQuestion, next: HandleExchange): Promise<void> {
  const own = askedAgain(question.exchange, parts)
  const { trail, route } = own
  try {
    const admitted = await parts.admitRefresh(own)
    trail.decide({ step: 'cache', outcome: 'refresh' })
    const led = await leadCall(parts, { ...question, exchange: { ...admitted, route } }, next)
    const { source } = watchResponse(led, { onEnd: (failure) => trail.end(failure) })
    for (;;) {
      const chunk = await source.next()
      if (chunk === undefined || isLastChunk(chunk)) break
    }
  } catch (thrown) {
    trail.end(toFailure(thrown))
  }
  count(parts, question, trail.endedBy === undefined ? 'ok' : 'failed')
}

/** The same once more, with time of its own, as the client does not wait. */
function askedAgain(exchange: RoutedExchange, { clock, ids }: RefreshingParts): RoutedExchange {
  const { id, startedAtMs, deadlineAtMs, route } = exchange
  const trail = new Trail()
  trail.route = route.name
  const nowMs = clock.nowMs()
  return {
    ...exchange,
    id: ids.mint('req'),
    trail,
    startedAtMs: nowMs,
    startedElapsedMs: clock.elapsedMs(),
    deadlineAtMs: nowMs + deadlineAtMs - startedAtMs,
    signal: new AbortController().signal,
    asked: { purpose: 'refresh', parentId: id },
  }
}

function count(
  { telemetry }: CachingParts,
  { exchange }: CacheQuestion,
  outcome: 'ok' | 'failed' | 'dropped',
): void {
  telemetry.count('gatehouse_cache_refreshes_total', { route: exchange.route.name, outcome })
}
