import type { Account } from '../../exchange/account.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { toFailure, type Failure } from '../../exchange/failure.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { Admission } from '../policy.ts'
import { LimitLine } from './limit-line.ts'

/** What is waited with. */
export interface WaitParts {
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/**
 * Has requests wait in line that a limit would refuse, where the account whose limit it is has a line, until they are let through or
 * their time is over. Who waits has taken nothing: no slot, no money, nothing of a provider's. The keys of an account take turns.
 * What the house asks on behalf of a request does not wait. Rejects as the limit does.
 *
 * @param limit refuses with `rate-limited`, and says of which scope the limit is
 */
export function createWaitForLimits(limit: Admission, { clock, telemetry }: WaitParts): Admission {
  const lines = new Map<string, LimitLine>()
  const waitFor = (exchange: Exchange, failure: Failure): Promise<Exchange> => {
    const account = exchange.caller.accounts.find((one) => isBehind(one, failure))
    if (account?.queue === undefined || !isWorthWaiting(failure, account.queue.waitMs)) throw failure
    const key = keyOf(account)
    let line = lines.get(key)
    if (line === undefined) {
      const name = `${account.scope} ${account.name}`
      line = new LimitLine({
        limit,
        name,
        isItsOwn: (refusal) => isBehind(account, refusal),
        terms: account.queue,
        clock,
        telemetry,
        forget: () => lines.delete(key),
      })
      lines.set(key, line)
    }
    return waitIn(line, exchange, failure)
  }
  /** Who is let through by these limits, and held up by those of another account, waits there. */
  const waitIn = async (line: LimitLine, exchange: Exchange, refusal?: Failure): Promise<Exchange> => {
    try {
      return await line.wait(exchange, refusal)
    } catch (thrown) {
      const failure = toFailure(thrown)
      if (line.isItsOwn(failure)) throw failure
      return waitFor(exchange, failure)
    }
  }
  const lineOf = ({ caller }: Exchange): LimitLine | undefined => {
    if (lines.size === 0) return undefined
    for (const account of caller.accounts) {
      const line = lines.get(keyOf(account))
      if (line !== undefined) return line
    }
    return undefined
  }
  const admit = async (exchange: Exchange): Promise<Exchange> => {
    try {
      return await limit(exchange)
    } catch (thrown) {
      return waitFor(exchange, toFailure(thrown))
    }
  }
  const admitInTurn = (exchange: Exchange): Promise<Exchange> => {
    // Asked for before the limit takes anything, so that it is told when that was given back.
    exchange.trail.onEnd({ onEnd: () => lineOf(exchange)?.wake() })
    const line = lineOf(exchange)
    return line === undefined ? admit(exchange) : waitIn(line, exchange)
  }
  return (exchange) =>
    exchange.asked !== undefined || !exchange.caller.accounts.some(mayQueue)
      ? limit(exchange)
      : admitInTurn(exchange)
}

function mayQueue({ queue }: Account): boolean {
  return queue !== undefined
}

function keyOf({ scope, id }: Account): string {
  return `${scope}:${id}`
}

/** Is it the limit of this account that was reached? */
function isBehind(account: Account, { code, details }: Failure): boolean {
  return code === 'rate-limited' && account.scope === details.facts?.['scope']
}

/** A request that never fits waits for nothing, and one that would fit too late is told so at once. Nobody knows when a slot is free. */
function isWorthWaiting({ details: { retryAfterMs, facts } }: Failure, waitMs: number): boolean {
  if (retryAfterMs === undefined) return false
  return facts?.['metric'] === 'concurrency' || retryAfterMs <= waitMs
}
