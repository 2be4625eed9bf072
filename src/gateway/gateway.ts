import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import type { Secret } from '../kit/secret.ts'
import type { Caller } from '../exchange/caller.ts'
import type { Envelope } from '../exchange/envelope.ts'
import type { Exchange, RawRequest } from '../exchange/exchange.ts'
import { Trail } from '../exchange/trail.ts'
import type { Wishes } from '../exchange/wishes.ts'
import type { ModelRequest } from '../exchange/operation.ts'
import type { Ending } from '../exchange/ending.ts'
import type { ModelResponse } from '../exchange/response.ts'
import type { HandleExchange } from '../policies/policy.ts'
import type { Authenticate } from '../policies/request/authenticate.ts'
import type { Plan } from './plan.ts'

/** What the client door knows of a request, once it has read the body. */
export interface Inbound {
  readonly dialect: string
  readonly request: ModelRequest
  readonly raw: RawRequest
  readonly envelope: Envelope
  readonly wishes: Wishes
  readonly signal: AbortSignal
}

/** An exchange together with the pipeline of the plan that it was opened under. */
export interface OpenExchange {
  readonly exchange: Exchange
  /** Sends the exchange through the pipeline. Call once. Rejects with `Failure`. */
  run(): Promise<ModelResponse>
}

/** A caller that was let in, under the plan that judged the key. Without one nothing can be opened. */
export interface Admission {
  readonly caller: Caller
  readonly plan: Plan
  open(inbound: Inbound): OpenExchange
}

/** What is composed of a plan: the judge of keys, and what becomes of those who are let in. */
export interface Pipeline {
  readonly authenticate: Authenticate
  readonly handle: HandleExchange
}

/** The waist of the house: everything that clients ask passes here, everything that may answer hangs below. */
export interface Gateway {
  /** The plan that new requests get. */
  plan(): Plan
  /** Puts a new plan in force. Exchanges under way finish on theirs. */
  swap(plan: Plan): void
  /** Judges the key of a request whose body nobody has read yet. Throws the `Failure` of `Authenticate`. */
  admit(presentedKey: Secret | undefined): Admission
  /** Exchanges under way, streams included until their end. */
  inFlight(): number
}

export interface GatewayNeeds {
  readonly plan: Plan
  /** Builds the pipeline of a plan: once per plan, never per request. */
  readonly compose: (plan: Plan) => Pipeline
  readonly clock: Clock
  readonly ids: Ids
}

/** Creates the gateway over a first plan. */
export function createGateway({ plan: firstPlan, compose, clock, ids }: GatewayNeeds): Gateway {
  let current = { plan: firstPlan, ...compose(firstPlan) }
  let inFlight = 0

  const leaving: Ending = {
    ended() {
      inFlight -= 1
    },
  }

  /** Runs an exchange and counts it until it is over, however it ends. */
  const run = (handle: HandleExchange, exchange: Exchange): Promise<ModelResponse> => {
    inFlight += 1
    exchange.trail.atEnd(leaving)
    return handle(exchange)
  }

  return {
    inFlight: () => inFlight,
    plan: () => current.plan,
    swap(plan) {
      current = { plan, ...compose(plan) }
    },
    admit(presentedKey) {
      const { plan, handle, authenticate } = current
      const caller = authenticate(presentedKey)
      return {
        caller,
        plan,
        open(inbound) {
          const startedAtMs = clock.nowMs()
          // Written out, since a copy that is added to costs every request much more.
          const exchange: Exchange = {
            id: ids.mint('req'),
            dialect: inbound.dialect,
            request: inbound.request,
            raw: inbound.raw,
            envelope: inbound.envelope,
            wishes: inbound.wishes,
            signal: inbound.signal,
            caller,
            startedAtMs,
            startedElapsedMs: clock.elapsedMs(),
            // The route, once it is found, says how long an exchange may take.
            deadlineAtMs: startedAtMs + (inbound.wishes.timeoutMs ?? Number.POSITIVE_INFINITY),
            trail: new Trail(),
            planVersion: plan.version,
          }
          return { exchange, run: () => run(handle, exchange) }
        },
      }
    },
  }
}
