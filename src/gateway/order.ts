import type { Ask } from '../exchange/ask.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import type { CanaryShares } from '../experiments/canaries-beside.ts'
import { createDirectory } from '../identity/directory.ts'
import type { StoredKeys } from '../identity/stored-keys.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { Ids } from '../kit/ids.ts'
import type { Random } from '../kit/random.ts'
import { andThen } from '../kit/maybe-promise.ts'
import type { Budgets } from '../ledger/budgets.ts'
import type { CostOf } from '../ledger/attempt-row.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { createBreakCircuit } from '../policies/attempt/break-circuit.ts'
import { createRememberWarmth } from '../policies/attempt/remember-warmth.ts'
import { createPassGates } from '../policies/attempt/pass-gates.ts'
import { createMeter } from '../policies/attempt/meter.ts'
import { createObserveLoad } from '../policies/attempt/observe-load.ts'
import type { WritingSpeeds } from '../policies/attempt/writing-speeds.ts'
import { createDispatch } from '../policies/dispatch/dispatch.ts'
import type { ExtraStarts } from '../policies/dispatch/extra-starts.ts'
import type { RetryBudget } from '../policies/dispatch/retry-budget.ts'
import type { UpperBound } from '../policies/most-cost.ts'
import type {
  Admission,
  AttemptAdmission,
  AttemptLayer,
  HandleAttempt,
  HandleExchange,
  Layer,
} from '../policies/policy.ts'
import { createAssignArm } from '../policies/request/assign-arm.ts'
import { createAuthenticate } from '../policies/request/authenticate.ts'
import {
  createHearAnswer,
  createKeepContent,
  noteFailedAttempt,
  type EndedContent,
  type KeepContentParts,
} from '../policies/request/keep-content.ts'
import { createHeedWishes } from '../policies/request/heed-wishes.ts'
import { createKnowBudget } from '../policies/request/know-budget.ts'
import { createLimitRate } from '../policies/request/limit-rate.ts'
import { createMatchRoute } from '../policies/request/match-route.ts'
import { createPermit, type PermitParts } from '../policies/request/permit.ts'
import { createPickStep } from '../policies/request/pick-step.ts'
import { createReserveBudget } from '../policies/request/reserve-budget.ts'
import { createWaitForLimits } from '../policies/request/wait-for-limits.ts'
import { createTrace } from '../policies/request/trace.ts'
import { createShadow, type ShadowParts } from '../policies/shadow/shadow.ts'
import { createWatchPrompts } from '../policies/request/watch-prompts.ts'
import { createRecall } from '../policies/stored/recall.ts'
import { createResume } from '../policies/stored/resume.ts'
import { createStoreAnswer } from '../policies/stored/store-answer.ts'
import type { StoredAnswersParts } from '../policies/stored/stored-answers.ts'
import { createCacheAnswers } from '../policies/cache/cache-answers.ts'
import type { CachingParts } from '../policies/cache/caching-parts.ts'
import { createCheckAnswer } from '../policies/guard/check-answer.ts'
import { createCheckRequest } from '../policies/guard/check-request.ts'
import { createSimilarAnswers } from '../policies/cache/similar-answers.ts'
import type { SimilarKept } from '../policies/cache/similar-parts.ts'
import { createFoundBy } from '../policies/guard/found-by.ts'
import { createDecline } from '../policies/guard/decline.ts'
import { createGuardAnswer } from '../policies/guard/guard-answer.ts'
import { createRestoreAnswer } from '../policies/guard/restore-answer.ts'
import type { Vault } from '../policies/guard/vault.ts'
import { createInspectRequest } from '../policies/guard/inspect-request.ts'
import type { CreatePlaceholders } from '../exchange/guard.ts'
import { hasCheck } from '../guardrails/check-opinion.ts'
import type { SecretHash } from '../exchange/virtual-key.ts'
import type { Gates } from '../routing/gates.ts'
import type { HealthBoard } from '../routing/health.ts'
import type { PromptPrefixes } from '../routing/prompt-prefixes.ts'
import type { WarmPlaces } from '../routing/warm-places.ts'
import type { LoadBoard } from '../routing/loads.ts'
import type { CounterStore, RequestRow } from '../store/store.ts'
import { withFewLines } from '../telemetry/few-lines.ts'
import type { Tracing } from '../telemetry/otlp/tracing.ts'
import type { RequestLines } from '../telemetry/request-line.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { Pipeline } from './pipeline.ts'
import type { Plan } from './plan.ts'

/** What outlives plans: everything that the layers work with and that a reload must not forget. */
export interface PipelineParts {
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly telemetry: Telemetry
  readonly hmac: SecretHash
  /** How keys of model providers begin. */
  readonly foreignKeyPrefixes: readonly string[]
  readonly storedKeys: Pick<StoredKeys, 'find' | 'version'> & Partial<Pick<StoredKeys, 'earlierUses'>>
  readonly counters: CounterStore
  readonly budgets: Budgets
  readonly ledger: Pick<Ledger, 'intend' | 'settle' | 'void'>
  readonly costOf: CostOf
  readonly upperBound: UpperBound
  readonly speeds: WritingSpeeds
  readonly health: HealthBoard
  readonly warm: WarmPlaces
  readonly loads: LoadBoard
  /** Who is under way at targets that have a cap, and who waits. */
  readonly gates: Gates
  readonly prompts: PromptPrefixes
  readonly canaries: CanaryShares
  readonly shadows: Pick<ShadowParts, 'purse' | 'running' | 'keep'>
  readonly retries: RetryBudget
  readonly extraStarts: ExtraStarts
  readonly record: (row: RequestRow) => void
  /** Takes what was said in exchanges that are over, where that is kept; must neither throw nor wait. Absent: nothing is. */
  readonly keepContent?: (ended: EndedContent) => void
  /** Makes what stands in the place of masked values. */
  readonly createPlaceholders: CreatePlaceholders
  /** Remembers masked values where guardrails want that; absent: none are. */
  readonly vault?: Vault
  readonly clientStatus: (exchange: Exchange, failure: Failure) => number
  /** Absent where no traces are exported. */
  readonly tracing?: Tracing | undefined
  /** Takes requests that have a line in the log of the process; absent: none has one. */
  readonly lines?: RequestLines | undefined
  readonly send: HandleAttempt
  readonly contentLayers: ContentLayers
  readonly caching: CachingParts
  /** What is known of similar questions. */
  readonly similar: SimilarKept
  readonly stored: StoredAnswersParts
}

/**
 * The layers of a plan that have to do with what is said, outermost first: guard (content is read only for requests that may
 * run), then experiment (a variant has its own cache key), then cache (inside guard, so that stored answers are guarded again).
 * Each says on the way in how closely it follows what is said (`trail.claimContent`).
 */
export type ContentLayers = (plan: Plan, asking: Asking) => readonly Layer[]

/** Makes a layer that may ask. It does not run for what was asked, so that no question leads to another. */
export type Asking = (create: (ask: Ask) => Layer) => Layer

/**
 * Who is let in, and both onions, read downward from the client to the provider. The order is the decision; each line says why
 * it stands there. Called once per plan.
 */
export function composePipeline(plan: Plan, ask: Ask, parts: PipelineParts): Pipeline {
  const { clock, telemetry, upperBound } = parts
  const trace = createTrace(parts)
  const limitRate = createLimitRate({ counters: parts.counters, clock, telemetry })
  const limit = createWaitForLimits(limitRate, { clock, telemetry })
  const reserveBudget = createReserveBudget({ budgets: parts.budgets, upperBound, telemetry })
  const guards = guardsOf(plan, { ask, limit }, parts)

  // On the head alone, before there is an exchange and before a byte of the body is read: strangers go no further, and leave
  // no line in the log each.
  const authenticate = createAuthenticate({
    directory: createDirectory(plan, parts.storedKeys),
    hmac: parts.hmac,
    foreignKeyPrefixes: parts.foreignKeyPrefixes,
    onEarlierSecret: parts.storedKeys.earlierUses?.note,
    clock,
  })

  const admissions: readonly Admission[] = [
    // Before everybody who may refuse: even a request that is refused leaves a line in the log.
    trace,
    // What is not allowed must not consume limits.
    createPermit(routesOf(plan, telemetry)),
    // Before everybody who counts: whoever goes on from a stored answer asks about the whole conversation.
    createResume(parts.stored),
    // Before everybody who goes by it.
    createKnowBudget(parts.budgets),
    // Sees the whole conversation too, before conditions ask what was found in it, and before anybody keeps or sends any of it.
    ...guards.admissions,
    // The conditions ask about the whole conversation, and everybody below goes by the step that they lead to.
    createPickStep({ telemetry }),
    // Looks at few, and when they are over.
    createWatchPrompts({ prompts: parts.prompts, clock, telemetry }),
    // Everybody below goes by the arm's route as by any other.
    createAssignArm({ canaries: parts.canaries, telemetry }),
    // Knows the route by the name that rules have; before everybody who may refuse for want of room, so that what was refused is kept too.
    createKeepContent(keepingOf(plan, parts)),
    // Behind everybody who chooses the route, of whose targets it takes some away; before money is held for the others.
    createHeedWishes({ upperBound }),
    // Cheap and in memory, so before money is held.
    (exchange) => (exchange.isLimited === true ? exchange : limit(exchange)),
    // Holds the most that the rest can cost; settled at the end.
    reserveBudget,
  ]

  const layers: readonly Layer[] = [
    // Outside of everybody who rewrites: what is stored is what the client gets.
    createStoreAnswer(parts.stored),
    // Outside of those who look at answers, who would mask again what is put back, and of whoever keeps them: what is kept is masked.
    ...guards.restoring,
    // Outside of everybody else who rewrites: but for what is put back, what is kept is what the client gets.
    createHearAnswer(),
    // What is stored is answered from there, and no model is asked.
    createRecall({ ...parts.stored, resolveRoute: plan.resolveRoute }),
    // What is refused in the words of a model reaches nobody below; what is answered from there is looked at before anybody sees it.
    ...guards.layers,
    // Inside of everybody who may refuse without knowing what is said, and around everybody who calls a provider.
    ...parts.contentLayers(plan, (create) => unlessAsked(create(ask))),
    // Inside of guardrails, so that what is kept is looked at each time it is given, and holds placeholders where they mask. What it fetches with
    // nobody waiting was let in by all of the above when a client asked for it; it leaves a line of its own, and is on that caller's account.
    createCacheAnswers({
      ...parts.caching,
      admitRefresh: inOrder([trace, limitRate, reserveBudget]),
      ids: parts.ids,
    }),
    // Inside of the cache, which asks it as it would a model: who asks the same waits for it, and is asked before it.
    similarOf(plan, { ask, trace }, parts),
    // Innermost: what a shadow is asked is what a provider is asked, whoever has rewritten it.
    unlessAsked(createShadow({ ...parts, ...parts.shadows, resolveRoute: plan.resolveRoute })(ask)),
  ]

  return { authenticate, admit: inOrder(admissions), answer: wrap(composeDispatch(plan, ask, parts), layers) }
}

/** The core of the outer onion, with the inner one below it: who lets attempts through, and who has to do with their answers. */
function composeDispatch(
  { circuit, guardrails: terms }: Plan,
  ask: Ask,
  parts: PipelineParts,
): HandleExchange {
  const { clock, telemetry, health, upperBound } = parts
  const foundBy =
    terms === undefined
      ? undefined
      : createFoundBy({ ...parts, terms, ask, telemetry: withFewLines(telemetry, clock) })

  const attemptAdmissions: readonly AttemptAdmission[] = [
    // First, since one may wait here: what was looked at before might not hold any more.
    createPassGates({ gates: parts.gates, clock, telemetry }),
    // Before everything that can fail, so that every outcome counts, and nothing is announced for a target that rests.
    createBreakCircuit(health, circuit),
    // Behind it: a call that is not made is no load.
    createObserveLoad(parts.loads),
    // What a target answers, it has in its cache.
    createRememberWarmth(parts.warm, clock),
    // Last of all: it hears how attempts end, and refuses none.
    noteFailedAttempt,
  ]

  const attemptLayers: readonly AttemptLayer[] = [
    // Closest to the provider: what it sees is what was used, and the end waits here for the ledger. Time limits stand
    // below it, where the waiting is (`providers/watchdog.ts`), so that what is cut off by one is accounted for.
    createMeter(parts, attemptAdmissions),
  ]

  return createDispatch({
    call: wrap(parts.send, attemptLayers),
    ask,
    foundBy,
    costOf: parts.costOf,
    upperBound,
    health,
    warm: parts.warm,
    load: parts.loads,
    retries: parts.retries,
    extraStarts: parts.extraStarts,
    clock,
    random: parts.random,
    ids: parts.ids,
    telemetry,
  })
}

/** What leads to routes under a plan: matches, and names. */
function routesOf({ resolveRoute, matches, models }: Plan, telemetry: Telemetry): PermitParts {
  const matchRoute = createMatchRoute(matches, telemetry)
  return { resolveRoute, matchRoute, models: models.map(({ id }) => id) }
}

/** Who gives the answers to similar questions. */
function similarOf(
  { resolveRoute }: Plan,
  { ask, trace }: { readonly ask: Ask; readonly trace: Admission },
  parts: PipelineParts,
): Layer {
  const { answers } = parts.caching
  const { purse } = parts.shadows
  return unlessAsked(
    createSimilarAnswers({
      ...parts,
      ...parts.similar,
      answers,
      purse,
      resolveRoute,
      admitAudit: trace,
    })(ask),
  )
}

/** Who looks at what is said; nobody where the plan has no guardrails. */
function guardsOf(
  { guardrails: terms }: Plan,
  asking: { readonly ask: Ask; readonly limit: Admission },
  parts: PipelineParts,
) {
  if (terms === undefined) return { admissions: [], restoring: [], layers: [] }
  const { clock, createPlaceholders, vault } = parts
  const telemetry = withFewLines(parts.telemetry, clock)
  const guarding = { terms, createPlaceholders, clock, telemetry, ...defined({ vault }) }
  const checking = { ...guarding, ...asking }
  const hasChecks = terms.all.some(hasCheck)
  return {
    // Checks are told what lookers leave: nothing that is blocked, and nothing that is masked. They have the limits looked at first.
    admissions: [createInspectRequest(guarding), ...(hasChecks ? [createCheckRequest(checking)] : [])],
    restoring: [createRestoreAnswer(guarding)],
    layers: [
      createDecline(),
      ...(hasChecks ? [createCheckAnswer(checking)] : []),
      createGuardAnswer(guarding),
    ],
  }
}

/** On what terms content is kept; on none where nobody takes it. */
function keepingOf(plan: Plan, { keepContent }: PipelineParts): KeepContentParts {
  return keepContent === undefined ? {} : { keep: keepContent, ...defined({ terms: plan.content }) }
}

/** A layer that is not there for what the house asks. */
function unlessAsked(layer: Layer): Layer {
  return (next) => {
    const answer = layer(next)
    return (exchange) => (exchange.asked === undefined ? answer(exchange) : next(exchange))
  }
}

/** Asks one admission after the other. As long as none of them has to wait, no promise is made. */
function inOrder(admissions: readonly Admission[]): Admission {
  return admissions.reduceRight<Admission>(
    (rest, admit) => (exchange) => andThen(admit(exchange), rest),
    (exchange) => exchange,
  )
}

/** Puts layers around a core; the first of the list is the outermost. */
function wrap<Handle>(core: Handle, layers: readonly ((next: Handle) => Handle)[]): Handle {
  return layers.reduceRight((next, layer) => layer(next), core)
}
