import { comparisonQuestion, readComparison, writtenAlike } from '../../caching/semantic/same-answer.ts'
import type { Ask } from '../../exchange/ask.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { Message } from '../../exchange/collect.ts'
import type { Exchange, RoutedExchange } from '../../exchange/exchange.ts'
import { toFailure } from '../../exchange/failure.ts'
import { createFoldOf, type ContentOf, type Operation } from '../../exchange/operations/all.ts'
import type { Fold } from '../../exchange/operations/operation-row.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import type { SimilarTerms } from '../../exchange/similar.ts'
import { Trail } from '../../exchange/trail.ts'
import { watchResponse } from '../../exchange/watcher.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { mostCost } from '../most-cost.ts'
import type { HandleExchange } from '../policy.ts'
import { asHouse } from '../shadow/ask-shadow.ts'
import type { SimilarParts } from './similar-parts.ts'

/** What came of holding an answer against another. */
export type Compared = 'right' | 'wrong' | 'undecided' | 'failed' | 'dropped'

/** On whose behalf it is asked, and on what terms. */
export interface Asking {
  readonly parts: SimilarParts
  readonly ask: Ask
  readonly exchange: RoutedExchange
  readonly terms: SimilarTerms
}

/** The vector of a text, asked for as the caller; undefined where none can be had. Never rejects. */
export async function askVector(
  { ask, exchange, parts, terms }: Asking,
  text: string,
): Promise<Float32Array | undefined> {
  const deadlineAtMs = Math.min(exchange.deadlineAtMs, parts.clock.nowMs() + LIMITS.similarVectorMs)
  try {
    const { items } = await ask({
      request: {
        operation: 'embed',
        model: terms.embeddings,
        inputs: [text],
        encodings: ['float'],
        stream: false,
      },
      purpose: 'embed',
      parent: { ...exchange, deadlineAtMs },
    })
    const values = items[0]?.values
    return values === undefined || typeof values === 'string' ? undefined : Float32Array.from(values)
  } catch (thrown) {
    const { code } = toFailure(thrown)
    parts.telemetry.log('debug', 'similar answers: no vector', { route: exchange.route.name, code })
    return undefined
  }
}

/**
 * Asks the model after all what an answer was given to, on the way that its exchange has taken, and holds that against it. On the house's
 * account, within what the route lets audits cost. Never rejects.
 */
export async function auditAnswer(asking: Asking, next: HandleExchange, given: Message): Promise<Compared> {
  const own = askedAgain(asking)
  const said = await withMoney(asking, own, () => askOn(asking.parts, own, next))
  return typeof said === 'string' ? said : await compareAnswers(asking, given, said)
}

/** Do two answers say the same? Those that are written alike do; of others the judge of the route says it. Never rejects. */
export async function compareAnswers(asking: Asking, one: Message, other: Message): Promise<Compared> {
  if (writtenAlike(one, other)) return 'right'
  const { judge } = asking.terms
  if (judge === undefined) return 'wrong'
  const material = { question: lastWords(asking.exchange), first: one, second: other }
  const reply = await askJudge(asking, comparisonQuestion(judge, material))
  if (typeof reply === 'string') return reply
  const isSame = readComparison(reply)
  if (isSame === undefined) return 'undecided'
  return isSame ? 'right' : 'wrong'
}

function lastWords({ request }: Exchange): string {
  if (request.operation !== 'chat') return ''
  const blocks = request.turns.at(-1)?.blocks ?? []
  return blocks.map((block) => (block.type === 'text' ? block.text : '')).join('\n')
}

function askJudge(asking: Asking, request: ChatRequest): Promise<Message | 'failed' | 'dropped'> {
  const { ask, exchange } = asking
  const trail = new Trail()
  const { signal } = new AbortController()
  const parent = {
    ...exchange,
    caller: asHouse(exchange.caller),
    signal,
    deadlineAtMs: Number.POSITIVE_INFINITY,
  }
  return withMoney(asking, { ...parent, request, trail }, () =>
    ask({ request, purpose: 'judge', parent, trail }),
  )
}

/** Asks where there is room and money for it. Never rejects. */
async function withMoney(
  { parts, exchange, terms }: Asking,
  own: Exchange,
  act: () => Promise<Message>,
): Promise<Message | 'failed' | 'dropped'> {
  const purse = `similar ${exchange.route.name}`
  const money = { to: own.request.model, share: 0, budget: terms.budget }
  const most = mostOf(parts, own)
  if (parts.running.count >= LIMITS.similarAudits) return 'dropped'
  if (!parts.purse.hold(purse, money, most)) return 'dropped'
  parts.running.count += 1
  try {
    return await act()
  } catch (thrown) {
    const { code } = toFailure(thrown)
    parts.telemetry.log('info', 'similar answers: an audit failed', { route: exchange.route.name, code })
    return 'failed'
  } finally {
    parts.running.count -= 1
    parts.purse.settle(purse, most, own.trail.chargedNanoUsd())
  }
}

/** Asks what an exchange asks and reads the answer to its end. Rejects with `Failure`. */
async function askOn(
  { admitAudit }: SimilarParts,
  own: RoutedExchange,
  next: HandleExchange,
): Promise<Message> {
  const { trail, route } = own
  trail.claimContent('read')
  const fold = createFoldOf('chat')
  try {
    const admitted = await admitAudit(own)
    const { source } = watchResponse(await next({ ...admitted, route }), {
      onEnd: (failure) => trail.end(failure),
    })
    for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next())
      foldAll(fold, chunk)
    return fold.result()
  } catch (thrown) {
    const failure = toFailure(thrown)
    trail.end(failure)
    throw failure
  }
}

/** Throws what the answer has failed with. */
function foldAll(fold: Fold<ContentOf<Operation>, Message>, { events }: ResponseChunk): void {
  for (const event of events) {
    if (event.type === 'failure') throw event.failure
    fold.push(event)
  }
}

/** The same once more, as the house, with time of its own, as the client does not wait. */
function askedAgain({ exchange, parts: { ids, clock } }: Asking): RoutedExchange {
  const { id, startedAtMs, deadlineAtMs, route } = exchange
  const trail = new Trail()
  trail.route = route.name
  const nowMs = clock.nowMs()
  return {
    ...exchange,
    id: ids.mint('req'),
    trail,
    caller: asHouse(exchange.caller),
    startedAtMs: nowMs,
    startedElapsedMs: clock.elapsedMs(),
    deadlineAtMs: nowMs + deadlineAtMs - startedAtMs,
    signal: new AbortController().signal,
    asked: { purpose: 'evaluate', parentId: id },
  }
}

/**
 * The most that asking can cost, as far as there are prices. Who has none is asked all the same: that is no more than what the hits have
 * saved of which they are a share.
 */
function mostOf({ resolveRoute, upperBound }: SimilarParts, own: Exchange): NanoUsd {
  let most = 0n
  const route = own.asked === undefined ? resolveRoute(own.request.model) : own.route
  for (const { target } of route?.targets ?? []) {
    const cost = mostCost(upperBound, own, target) ?? 0n
    if (cost > most) most = cost
  }
  return most
}
