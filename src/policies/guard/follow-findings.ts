import { joinConstraints } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { wantedOf, type Opinion } from '../../guardrails/opinion.ts'
import { failureOf, isRefusedByModel, messageOf } from './guard-failures.ts'

/** A request that is blocked: its client is told in the words of a model (`declined`), or by the `Failure` that this throws. */
export function refuse(exchange: Exchange, by: Opinion): Exchange {
  if (isRefusedByModel(exchange, by)) return { ...exchange, declined: messageOf(by) }
  throw failureOf(by)
}

/** The request under what those want of targets who have found something in it; the same where they want nothing. */
export function restrict(exchange: Exchange, opinions: readonly Opinion[]): Exchange {
  const only = wantedOf(opinions)
  return only === undefined ? exchange : { ...exchange, only: joinConstraints(exchange.only, only) ?? only }
}
