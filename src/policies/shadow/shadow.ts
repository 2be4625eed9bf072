import type { Ask } from '../../exchange/ask.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { requestFeatures } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import {
  createFoldOf,
  operationOf,
  type ContentOf,
  type Operation,
  type ResultOf,
} from '../../exchange/operations/all.ts'
import type { Fold } from '../../exchange/operations/operation-row.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import type { Route } from '../../exchange/route.ts'
import type { ShadowTerms } from '../../exchange/shadow.ts'
import { watchResponse, type Watcher } from '../../exchange/watcher.ts'
import { bucketOf } from '../../experiments/assignment.ts'
import type { ShadowPurse } from '../../experiments/shadow-purse.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { NanoUsd } from '../../kit/money.ts'
import type { ShadowRow } from '../../store/shadow-rows.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { mostCost, type UpperBound } from '../most-cost.ts'
import type { HandleExchange, Layer } from '../policy.ts'
import { askShadow, type Shown } from './ask-shadow.ts'

/** What shadows work with. */
export interface ShadowParts {
  readonly resolveRoute: (model: string) => Route | undefined
  readonly purse: ShadowPurse
  readonly upperBound: UpperBound
  /** Shadows under way, in this process. */
  readonly running: { count: number }
  /** Keeps what came of one; must neither throw nor wait. */
  readonly keep: (row: ShadowRow) => void
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Why an exchange that was drawn has no shadow. */
type Dropped = 'dropped-load' | 'dropped-budget' | 'unpriced' | 'not-repeatable'

/**
 * Creates the layer that asks somebody else what a client has asked, after the client was answered, and compares. Nobody waits for it,
 * nobody gets its answer, and no failure of it is one of the exchange. Where too many are under way or the money of the shadows is
 * spent, there is none.
 */
export function createShadow(parts: ShadowParts): (ask: Ask) => Layer {
  return (ask) => (next) => (exchange) => {
    const terms = exchange.route?.shadow
    if (terms === undefined || !isDrawn(exchange, terms)) return next(exchange)
    const held = hold(parts, exchange, terms)
    if (typeof held !== 'bigint') {
      count(parts, exchange, held)
      return next(exchange)
    }
    return listenTo(next, { ...parts, ask, exchange, terms, held })
  }
}

/** The answer of who is asked next, with somebody who hears it. */
function listenTo(next: HandleExchange, shadowed: Shadowed): Promise<ModelResponse> {
  const { exchange } = shadowed
  // The bytes still pass; what they say is read along.
  exchange.trail.claimContent('read')
  const listening = new Listening(shadowed)
  return next(exchange).then(
    (response) => watchResponse(response, listening),
    (thrown: unknown) => {
      listening.giveBack()
      throw thrown
    },
  )
}

/** Drawn by the request, so that a log can tell who was. */
function isDrawn({ id, request, route }: Exchange, { share }: ShadowTerms): boolean {
  return operationOf(request).writes === 'tokens' && bucketOf(`shadow ${route?.name ?? ''}`, id) < share
}

/** The most that the shadow can cost, once that is held; why there is none otherwise. */
function hold(parts: ShadowParts, exchange: Exchange, terms: ShadowTerms): NanoUsd | Dropped {
  if (!isRepeatable(exchange)) return 'not-repeatable'
  if (parts.running.count >= LIMITS.shadows) return 'dropped-load'
  let most = 0n
  for (const { target } of parts.resolveRoute(terms.to)?.targets ?? []) {
    const cost = mostCost(parts.upperBound, exchange, target)
    if (cost === undefined) return 'unpriced'
    if (cost > most) most = cost
  }
  if (!parts.purse.hold(routeOf(exchange), terms, most)) return 'dropped-budget'
  parts.running.count += 1
  return most
}

/** A provider that runs tools of its own would run them twice, and what it stores of an answer is not the client's. */
function isRepeatable(exchange: Exchange): boolean {
  const { request } = exchange
  const isBound = 'bound' in request && (request.bound?.length ?? 0) > 0
  return !isBound && !requestFeatures(exchange).hostedTools && (request.bearing?.toolRuns ?? 0) === 0
}

function routeOf({ route }: Exchange): string {
  return route?.name ?? ''
}

function count({ telemetry }: ShadowParts, exchange: Exchange, outcome: string): void {
  telemetry.count('gatehouse_shadows_total', { route: routeOf(exchange), outcome })
}

/** An exchange that will have a shadow. */
export interface Shadowed extends ShadowParts {
  readonly ask: Ask
  readonly exchange: Exchange
  readonly terms: ShadowTerms
  readonly held: NanoUsd
}

/** Hears what the client is told, and asks the shadow when that has ended well. */
class Listening implements Watcher {
  readonly #parts: Shadowed
  readonly #fold: Fold<ContentOf<Operation>, ResultOf<Operation>>

  constructor(parts: Shadowed) {
    this.#parts = parts
    this.#fold = createFoldOf(parts.exchange.request.operation)
  }

  onChunk({ events }: ResponseChunk): void {
    for (const event of events) if (event.type !== 'failure') this.#fold.push(event)
  }

  onEnd(failure?: Failure): void {
    if (failure !== undefined) return this.giveBack()
    // The client gets its last piece first.
    this.#parts.clock.afterTurn(() => void this.#ask())
  }

  /** There is no shadow after all. */
  giveBack(): void {
    this.#parts.running.count -= 1
    this.#parts.purse.settle(routeOf(this.#parts.exchange), this.#parts.held, 0n)
  }

  async #ask(): Promise<void> {
    const { exchange, clock, running, purse, held } = this.#parts
    const { trail, startedElapsedMs } = exchange
    const shown: Shown = {
      result: this.#fold.result(),
      ms: clock.elapsedMs() - startedElapsedMs,
      cost: trail.costNanoUsd(),
      simulated: trail.isSimulated(),
      target: trail.served?.id ?? '',
    }
    const { outcome, charged } = await askShadow(this.#parts, shown)
    running.count -= 1
    purse.settle(routeOf(exchange), held, charged)
    count(this.#parts, exchange, outcome)
  }
}
