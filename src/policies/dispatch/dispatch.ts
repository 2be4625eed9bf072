import { callerId } from '../../exchange/caller.ts'
import type { HealthView } from '../../exchange/health-view.ts'
import { requestFeatures, serviceWish, type Attempt, type Exchange } from '../../exchange/exchange.ts'
import type { Route } from '../../exchange/route.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import { NoticeList } from '../../exchange/notice.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { Credential } from '../../exchange/target.ts'
import type { Clock } from '../../kit/clock.ts'
import type { Ids } from '../../kit/ids.ts'
import type { Random } from '../../kit/random.ts'
import { chooseCandidates, type Candidate, type Choice } from '../../routing/choose.ts'
import { pickCredential } from '../../routing/pick-credential.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { HandleAttempt, HandleExchange } from '../policy.ts'
import { explainEmpty, finalFailure } from './final-failure.ts'
import { judge, type Judgement } from './judge.ts'
import { pause } from './pause.ts'
import type { RetryBudget } from './retry-budget.ts'
import { waitFirst } from './wait-first.ts'

/** Added to a wait, so that waiting clients do not come back in step. */
const WAIT_JITTER_MS = 200

/** What dispatch works with. */
export interface DispatchParts {
  /** The inner onion with the provider at its heart. */
  readonly call: HandleAttempt
  readonly health: HealthView
  readonly retries: RetryBudget
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** One exchange on its way through the loop. */
interface Run {
  readonly exchange: Exchange
  readonly route: Route
  readonly candidates: readonly Candidate[]
  position: number
  /** Credentials already used at the target of this position. */
  spent: string[]
  /** How often that target was asked again after a wait. */
  retries: number
  /** Attempts that count towards the route's maximum. */
  counted: number
  /** Attempts in all. */
  made: number
  readonly failures: Failure[]
}

interface Step {
  readonly candidate: Candidate
  readonly credential: Credential
  readonly fresh: boolean
}

/**
 * Creates the end of the outer onion and the only loop in the house: chooses candidates, tries them one after another, and
 * gives back the first response that has begun to mean something. Until then a failure may lead elsewhere, as `judge` says;
 * afterwards it passes through as the response's last event (law 5). Rejects with the most useful failure when all failed.
 */
export function createDispatch(parts: DispatchParts): HandleExchange {
  return (exchange) => runAttempts(parts, exchange)
}

function startRun(parts: DispatchParts, exchange: Exchange): Run {
  const { route } = exchange
  if (route === undefined) throw new Failure('internal', { cause: 'dispatch was reached without a route' })
  const choice = choose(parts, exchange, route)
  if (choice.filter !== undefined) exchange.trail.decide(choice.filter)
  if (choice.rank !== undefined) exchange.trail.decide(choice.rank)
  if (choice.candidates.length === 0) throw explainEmpty(choice)
  parts.retries.earn(callerId(exchange.caller))
  return {
    exchange,
    route,
    candidates: choice.candidates,
    position: 0,
    spent: [],
    retries: 0,
    counted: 0,
    made: 0,
    failures: [],
  }
}

async function runAttempts(parts: DispatchParts, exchange: Exchange): Promise<ModelResponse> {
  const run = startRun(parts, exchange)
  let step = firstStep(parts, run)
  while (step !== undefined) {
    try {
      const attempt = openAttempt(parts, run, step)
      const response = await waitFirst(await parts.call(attempt), exchange.request.stream)
      exchange.trail.serve(attempt)
      return response
    } catch (thrown) {
      run.failures.push(toFailure(thrown))
    }
    step = await nextStep(parts, run, step)
  }
  if (exchange.signal.aborted) throw new Failure('client-gone')
  throw finalFailure(run.failures)
}

function openAttempt(parts: DispatchParts, run: Run, step: Step): Attempt {
  const { exchange } = run
  const { target, lastResort } = step.candidate
  run.made += 1
  run.spent.push(step.credential.id)
  return {
    id: parts.ids.mint('att'),
    ordinal: run.made,
    exchange,
    target,
    credential: step.credential,
    deadlineAtMs: Math.min(exchange.deadlineAtMs, parts.clock.nowMs() + target.timeouts.totalMs),
    notices: new NoticeList(),
    signal: exchange.signal,
    freshConnection: step.fresh,
    lastResort,
  }
}

/** The first candidate that still has a credential, from the current position on. */
function firstStep(parts: DispatchParts, run: Run): Step | undefined {
  for (; run.position < run.candidates.length; run.position += 1) {
    const candidate = run.candidates[run.position]
    if (candidate === undefined) return undefined
    const credential = freeCredential(parts, run, candidate)
    if (credential !== undefined) return { candidate, credential, fresh: false }
  }
  return undefined
}

function freeCredential(
  { health, random }: DispatchParts,
  { exchange, spent }: Run,
  { target, lastResort }: Candidate,
): Credential | undefined {
  return pickCredential({ target, health, random, caller: callerId(exchange.caller), spent, lastResort })
}

/** Judges the last failure and prepares what follows; undefined: nothing does. */
async function nextStep(parts: DispatchParts, run: Run, last: Step): Promise<Step | undefined> {
  const failure = run.failures.at(-1)
  const { exchange } = run
  if (failure === undefined || exchange.signal.aborted) return undefined
  if (failure.code !== 'circuit-open') run.counted += 1
  const spare = freeCredential(parts, run, last.candidate)
  const judgement = judge({
    failure,
    repeat: operationOf(exchange.request).repeat,
    route: run.route,
    attempts: run.counted,
    remainingMs: exchange.deadlineAtMs - parts.clock.nowMs(),
    noFallback: exchange.wishes.noFallback === true,
    refreshed: last.fresh,
    retries: run.retries,
    rests: parts.health.targetRestsUntil(last.candidate.target.id, callerId(exchange.caller)) !== undefined,
    otherCredential: spare !== undefined,
    targetsLeft: run.candidates.length - run.position - 1,
  })
  if (!maySpend(parts, run, { failure, action: judgement.action })) return undefined
  switch (judgement.action) {
    case 'stop':
      return undefined
    case 'retry-fresh':
      run.counted -= 1
      return { ...last, fresh: true }
    case 'next-credential':
      return spare === undefined ? undefined : { ...last, credential: spare, fresh: false }
    case 'retry-after':
      run.retries += 1
      await pause(parts.clock, judgement.waitMs + parts.random.next() * WAIT_JITTER_MS, exchange.signal)
      return exchange.signal.aborted ? undefined : { ...last, fresh: false }
    case 'next-target':
      run.position += 1
      run.spent = []
      run.retries = 0
      return firstStep(parts, run)
  }
}

/** Extra load on providers comes out of a budget; a call that was never made costs nothing. */
function maySpend(
  { retries, telemetry }: DispatchParts,
  { exchange }: Run,
  { failure, action }: { readonly failure: Failure; readonly action: Judgement['action'] },
): boolean {
  if (action === 'stop') return true
  const isFree = action === 'retry-fresh' || failure.code === 'circuit-open'
  const isGranted = isFree || retries.spend(callerId(exchange.caller))
  telemetry.count('gatehouse_retries_total', {
    action: isGranted ? action : 'refused-by-retry-budget',
    code: failure.code,
  })
  return isGranted
}

function choose({ health, random }: DispatchParts, exchange: Exchange, route: Route): Choice {
  const { caller, request, wishes } = exchange
  const operation = operationOf(request)
  return chooseCandidates({
    route,
    features: requestFeatures(exchange),
    health,
    caller: callerId(caller),
    random,
    models: caller?.models,
    isBudgeted: operation.charge === 'usage' && !caller.stakes.isEmpty,
    service: serviceWish(exchange),
    names: [request.model, route.name],
    affinity: wishes.session ?? operation.affinity?.(request),
  })
}
