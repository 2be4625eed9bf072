import { comparisonQuestion, readComparison, writtenAlike } from '../../caching/semantic/same-answer.ts'
import type { Ask } from '../../exchange/ask.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { Message } from '../../exchange/collect.ts'
import type { Exchange, RoutedExchange } from '../../exchange/exchange.ts'
import { toFailure } from '../../exchange/failure.ts'
import type { Purpose } from '../../exchange/purpose.ts'
import type { SimilarTerms } from '../../exchange/similar.ts'
import { Trail } from '../../exchange/trail.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { NanoUsd } from '../../kit/money.ts'
import { mostCost } from '../most-cost.ts'
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
 * Asks the model after all what an answer was given to, and holds that against it. On the house's account, within what the route lets
 * audits cost. Never rejects.
 */
export async function auditAnswer(asking: Asking, given: Message): Promise<Compared> {
  const { exchange } = asking
  if (exchange.request.operation !== 'chat') return 'failed'
  const said = await askHouse(asking, { request: exchange.request, purpose: 'evaluate' })
  return typeof said === 'string' ? said : await compareAnswers(asking, given, said)
}

/** Do two answers say the same? Those that are written alike do; of others the judge of the route says it. Never rejects. */
export async function compareAnswers(asking: Asking, one: Message, other: Message): Promise<Compared> {
  if (writtenAlike(one, other)) return 'right'
  const { judge } = asking.terms
  if (judge === undefined) return 'wrong'
  const material = { question: lastWords(asking.exchange), first: one, second: other }
  const reply = await askHouse(asking, { request: comparisonQuestion(judge, material), purpose: 'judge' })
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

interface HouseQuestion {
  readonly request: ChatRequest
  readonly purpose: Purpose
}

async function askHouse(
  { parts, ask, exchange, terms }: Asking,
  { request, purpose }: HouseQuestion,
): Promise<Message | 'failed' | 'dropped'> {
  const purse = `similar ${exchange.route.name}`
  const money = { to: request.model, share: 0, budget: terms.budget }
  const most = mostOf(parts, { ...exchange, request })
  if (parts.running.count >= LIMITS.similarAudits) return 'dropped'
  if (!parts.purse.hold(purse, money, most)) return 'dropped'
  parts.running.count += 1
  const trail = new Trail()
  try {
    return await ask({ request, purpose, parent: askedByHouse(exchange), trail })
  } catch (thrown) {
    const { code } = toFailure(thrown)
    parts.telemetry.log('info', 'similar answers: an audit failed', { route: exchange.route.name, code })
    return 'failed'
  } finally {
    parts.running.count -= 1
    parts.purse.settle(purse, most, trail.chargedNanoUsd())
  }
}

/**
 * The most that asking can cost, as far as there are prices. Who has none is asked all the same: that is no more than what the hits have
 * saved of which they are a share.
 */
function mostOf({ resolveRoute, upperBound }: SimilarParts, exchange: Exchange): NanoUsd {
  let most = 0n
  for (const { target } of resolveRoute(exchange.request.model)?.targets ?? []) {
    const cost = mostCost(upperBound, exchange, target) ?? 0n
    if (cost > most) most = cost
  }
  return most
}

/** The exchange as the house asks it: the client does not wait, and what it must not leave (`only`) holds on. */
function askedByHouse(exchange: Exchange): Exchange {
  const { signal } = new AbortController()
  return { ...exchange, caller: asHouse(exchange.caller), signal, deadlineAtMs: Number.POSITIVE_INFINITY }
}
