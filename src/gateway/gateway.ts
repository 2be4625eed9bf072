import type { Clock } from '../kit/clock.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { Ids } from '../kit/ids.ts'
import type { Secret } from '../kit/secret.ts'
import type { Ask } from '../exchange/ask.ts'
import type { Caller } from '../exchange/caller.ts'
import type { ConversationState } from '../exchange/conversation-state.ts'
import type { Envelope } from '../exchange/envelope.ts'
import type { Exchange, RawRequest } from '../exchange/exchange.ts'
import { Trail } from '../exchange/trail.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import { askOn } from './ask.ts'
import { InFlight, openExchange, type OpenExchange, type Pipeline, type Way } from './pipeline.ts'
import type { Plan } from './plan.ts'

/** What the client API knows of a request, once it has read the body. */
export interface Inbound {
  readonly dialect: string
  readonly request: ModelRequest
  /** Absent where nothing that is stored concerns it. */
  readonly state?: ConversationState
  /** Absent where what is asked did not come as one body. */
  readonly raw?: RawRequest
  readonly envelope: Envelope
  readonly requestOptions: RequestOptions
  readonly signal: AbortSignal
}

/** A caller whose key is good, under the plan that judged it. Without one nothing can be opened. */
export interface AuthenticatedCaller {
  readonly caller: Caller
  readonly plan: Plan
  open(inbound: Inbound): OpenExchange
}

/** The waist of the house: everything that clients ask passes here, everything that may answer hangs below. */
export interface Gateway {
  /** The plan that new requests get. */
  plan(): Plan
  /** Puts a new plan in force. Exchanges under way finish on theirs. */
  swap(plan: Plan): void
  /** Judges the key of a request whose body nobody has read yet, by where it comes from as well. Throws the `Failure` of `Authenticate`. */
  authenticate(presentedKey: Secret | undefined, from?: Pick<Envelope, 'address'>): AuthenticatedCaller
  /** Lets in somebody who needs to present no key, since their standing was worked out by whoever asks for them: the operator. */
  enterAs(caller: Caller): AuthenticatedCaller
  /** Exchanges under way, streams included until their end. */
  inFlight(): number
}

export interface GatewayNeeds {
  readonly plan: Plan
  /** Builds the pipeline of a plan, and gives `ask` to those layers that need it: once per plan, never per request. */
  readonly compose: (plan: Plan, ask: Ask) => Pipeline
  readonly clock: Clock
  readonly ids: Ids
}

interface PlannedWay extends Way {
  readonly plan: Plan
}

/** Creates the gateway over a first plan. */
export function createGateway({ plan: firstPlan, compose, clock, ids }: GatewayNeeds): Gateway {
  const inFlight = new InFlight()
  const wayOf = (plan: Plan): PlannedWay => {
    const ask: Ask = (question) => askOn(way, ids, question)
    const way: PlannedWay = { plan, clock, inFlight, ...compose(plan, ask) }
    return way
  }
  let current = wayOf(firstPlan)

  return {
    inFlight: () => inFlight.count,
    plan: () => current.plan,
    swap(plan) {
      current = wayOf(plan)
    },
    authenticate(presentedKey, from) {
      return new KnownCaller(current, current.authenticate(presentedKey, from), ids)
    },
    enterAs: (caller) => new KnownCaller(current, caller, ids),
  }
}

class KnownCaller implements AuthenticatedCaller {
  readonly caller: Caller
  readonly #way: PlannedWay
  readonly #ids: Ids

  constructor(way: PlannedWay, caller: Caller, ids: Ids) {
    this.caller = caller
    this.#way = way
    this.#ids = ids
  }

  get plan(): Plan {
    return this.#way.plan
  }

  open({ dialect, request, state, raw, envelope, requestOptions, signal }: Inbound): OpenExchange {
    const { clock, plan } = this.#way
    const startedAtMs = clock.nowMs()
    // Written out, since a copy that is added to costs every request much more.
    const exchange: Mutable<Exchange> = {
      id: this.#ids.mint('req'),
      dialect,
      request,
      envelope,
      requestOptions,
      signal,
      caller: this.caller,
      startedAtMs,
      startedElapsedMs: clock.elapsedMs(),
      // The route, once it is found, says how long an exchange may take.
      deadlineAtMs: startedAtMs + (requestOptions.timeoutMs ?? Number.POSITIVE_INFINITY),
      trail: new Trail(),
      planVersion: plan.version,
    }
    if (raw !== undefined) exchange.raw = raw
    if (state !== undefined) exchange.state = state
    return openExchange(exchange, this.#way)
  }
}
