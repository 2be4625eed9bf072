import type { Clock } from '../kit/clock.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { Ids } from '../kit/ids.ts'
import type { Secret } from '../kit/secret.ts'
import type { Ask } from '../exchange/ask.ts'
import type { Caller } from '../exchange/caller.ts'
import type { ConversationState } from '../exchange/conversation-state.ts'
import type { Envelope } from '../exchange/envelope.ts'
import type { Exchange, RawRequest } from '../exchange/exchange.ts'
import { toFailure } from '../exchange/failure.ts'
import { Trail } from '../exchange/trail.ts'
import type { RequestOptions } from '../exchange/request-options.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import { askOn } from './ask.ts'
import { InFlight, openExchange, type OpenExchange, type Pipeline, type Way } from './pipeline.ts'
import type { Plan } from './plan.ts'
import type { PlanTrial } from './plan-trial.ts'

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
  /** Tries a plan on a share of the requests beside the one in force; undefined: none any more. Exchanges under way finish on theirs. */
  divide(trial: PlanTrial | undefined): void
  /** Judges the key of a request whose body nobody has read yet, by where it comes from as well. Throws the `Failure` of `Authenticate`. */
  authenticate(presentedKey: Secret | undefined, from?: Pick<Envelope, 'address'>): AuthenticatedCaller
  /** Lets in somebody who needs to present no key, since their standing was worked out by whoever asks for them: the operator. */
  enterAs(caller: Caller): AuthenticatedCaller
  /** Asks a model on behalf of an exchange that was opened and is answered by somebody else, under the plan in force. */
  readonly ask: Ask
  /** Exchanges under way, streams included until their end. */
  inFlight(): number
}

export interface GatewayNeeds {
  readonly plan: Plan
  /** Builds the pipeline of a plan, and gives `ask` to those layers that need it: once per plan, never per request. */
  readonly compose: (plan: Plan, ask: Ask) => Pipeline
  /** The same for a plan that is tried beside another; absent: as for any other. */
  readonly composeTried?: (plan: Plan, ask: Ask, inForce: Plan) => Pipeline
  readonly clock: Clock
  readonly ids: Ids
}

interface PlannedWay extends Way {
  readonly plan: Plan
  readonly ask: Ask
}

/** Creates the gateway over a first plan. */
export function createGateway(needs: GatewayNeeds): Gateway {
  const { plan: firstPlan, compose, composeTried = compose, clock, ids } = needs
  const inFlight = new InFlight()
  const wayOf = (plan: Plan, composed: (ask: Ask) => Pipeline): PlannedWay => {
    const ask: Ask = (question) => askOn(way, ids, question)
    const way: PlannedWay = { plan, ask, clock, inFlight, ...composed(ask) }
    return way
  }
  const usualWay = (plan: Plan): PlannedWay => wayOf(plan, (ask) => compose(plan, ask))
  let current = usualWay(firstPlan)
  let tried: TriedWay | undefined

  return {
    inFlight: () => inFlight.count,
    ask: (question) => current.ask(question),
    plan: () => current.plan,
    swap(plan) {
      current = usualWay(plan)
    },
    divide(trial) {
      const inForce = current.plan
      tried = trial && {
        trial,
        way: wayOf(trial.plan, (ask) => composeTried(trial.plan, ask, inForce)),
      }
    },
    authenticate(presentedKey, from) {
      const caller = current.authenticate(presentedKey, from)
      if (tried === undefined) return new KnownCaller(current, caller, ids)
      return new DividedCaller(new KnownCaller(current, caller, ids), tried, { presentedKey, from })
    },
    enterAs: (caller) => new KnownCaller(current, caller, ids),
  }
}

interface TriedWay {
  readonly trial: PlanTrial
  readonly way: PlannedWay
}

class KnownCaller implements AuthenticatedCaller {
  readonly caller: Caller
  readonly ids: Ids
  readonly #way: PlannedWay

  constructor(way: PlannedWay, caller: Caller, ids: Ids) {
    this.caller = caller
    this.ids = ids
    this.#way = way
  }

  get plan(): Plan {
    return this.#way.plan
  }

  open(inbound: Inbound): OpenExchange {
    return this.openAs(this.ids.mint('req'), inbound)
  }

  openAs(id: string, inbound: Inbound): OpenExchange {
    const { dialect, request, state, raw, envelope, requestOptions, signal } = inbound
    const { clock, plan } = this.#way
    const startedAtMs = clock.nowMs()
    // Written out, since a copy that is added to costs every request much more.
    const exchange: Mutable<Exchange> = {
      id,
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

/** The key of a request, and where it comes from. */
interface PresentedKey {
  readonly presentedKey: Secret | undefined
  readonly from: Pick<Envelope, 'address'> | undefined
}

/** A caller of whose requests a plan that is tried gets its share. Who asks is known when the body is: that is when the plan is chosen. */
class DividedCaller implements AuthenticatedCaller {
  readonly #usual: KnownCaller
  readonly #tried: TriedWay
  readonly #presented: PresentedKey

  constructor(usual: KnownCaller, tried: TriedWay, presented: PresentedKey) {
    this.#usual = usual
    this.#tried = tried
    this.#presented = presented
  }

  get caller(): Caller {
    return this.#usual.caller
  }

  get plan(): Plan {
    return this.#usual.plan
  }

  open(inbound: Inbound): OpenExchange {
    const { trial } = this.#tried
    const { caller, ids } = this.#usual
    const id = ids.mint('req')
    const { request, requestOptions } = inbound
    const isTried = trial.takes({ id, caller, request, requestOptions })
    const opened = (isTried ? this.#knownThere() : this.#usual).openAs(id, inbound)
    const { trail } = opened.exchange
    const side = isTried ? 'tried' : 'in-force'
    trail.onEnd({ onEnd: (failure) => trial.record(side, trail, failure) })
    return opened
  }

  /** The same key has the standing that the tried plan gives it: limits, models, constraints. */
  #knownThere(): KnownCaller {
    const { trial, way } = this.#tried
    const { presentedKey, from } = this.#presented
    try {
      return new KnownCaller(way, way.authenticate(presentedKey, from), this.#usual.ids)
    } catch (thrown) {
      trial.refused(toFailure(thrown))
      throw thrown
    }
  }
}
