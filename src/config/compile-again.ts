import type { AgainTerms } from '../exchange/again.ts'
import { FOR_THIS_FAILURE } from '../exchange/decision.ts'
import { failuresNamed } from '../exchange/failure-kinds.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
import type { Ranking, Route, RouteTarget } from '../exchange/route.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { DEFAULT_STRATEGY } from '../routing/strategies/all.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { RouteConfig } from './schema/routes.ts'

/** Attempts of a route that says nothing, when it has fewer targets than this. */
const DEFAULT_ATTEMPTS = 3
/** How often a route that says nothing asks a target again that failed for a moment. */
const DEFAULT_RETRIES = 1

/** What a route says of trying again. */
type Again = Pick<Route, 'maxAttempts' | 'retries' | 'deadlineMs' | 'alsoFailOver' | 'again'>
type Written = Pick<RouteConfig, 'fallback' | 'retry'>

/** Compiles what a route says of trying again; `targets` are all that it may ask. */
export function compileAgain(written: Written, targets: readonly RouteTarget[]): Again {
  const { fallback, retry } = written
  const { attempts, time, retries = DEFAULT_RETRIES, errors = [] } = { ...fallback, ...fallback?.budget }
  const tries = retry?.attempts ?? retries
  const again = termsOf(written)
  return {
    maxAttempts: Math.min(attempts ?? Math.max(DEFAULT_ATTEMPTS, targets.length + tries), LIMITS.attempts),
    retries: tries,
    deadlineMs: time ?? longestOf(targets),
    alsoFailOver: codesOf(errors),
    ...(Object.keys(again).length === 0 ? {} : { again }),
  }
}

/** Only what is said, so that a route which says nothing has none of it. */
function termsOf({ fallback, retry }: Written): AgainTerms {
  return defined({
    cost: fallback?.budget?.cost,
    alsoRetry: someOf(retry?.errors),
    backoff: retry?.backoff,
    ownPauses: retry?.respect_retry_after === false ? true : undefined,
    neverFailOver: someOf(fallback?.never),
    continues: fallback?.mid_stream,
  })
}

function someOf(words: readonly string[] = []): readonly FailureCode[] | undefined {
  return words.length === 0 ? undefined : codesOf(words)
}

function codesOf(words: readonly string[]): readonly FailureCode[] {
  return [...new Set(words.flatMap(failuresNamed))]
}

/** The life of an exchange without a limit of its own: the usual one, or as long as the operator allows one of its attempts. */
function longestOf(targets: readonly RouteTarget[]): number {
  return Math.max(LIMITS.exchangeMs, ...targets.map(({ target }) => target.timeouts.totalMs))
}

/** Targets by the kind of failure that leads to them. */
export type LedTargets = ReadonlyMap<string, readonly RouteTarget[]>

/**
 * The targets that a route has for kinds of failures.
 *
 * @param find the targets behind a name that stands at a path below the route's
 */
export function findLed(
  { fallback }: Written,
  find: (model: string, below: readonly PathStep[]) => readonly RouteTarget[],
): LedTargets {
  const led = new Map<string, readonly RouteTarget[]>()
  for (const [kind, models = []] of Object.entries(fallback?.after ?? {})) {
    const targets = models.flatMap((model, index) => find(model, ['fallback', 'after', kind, index]))
    if (targets.length > 0) led.set(kind, targets)
  }
  return led
}

/** Gives a route those that it has for kinds of failures, each kind as a route of its own: a choice among them is one as any other. */
export function withLed(route: Route, led: LedTargets): Route {
  const leads = new Map<FailureCode, Route>()
  for (const [kind, targets] of led) {
    const own: Route = { ...route, ranking: rankingAfter(kind), targets, fallback: [] }
    for (const code of failuresNamed(kind)) leads.set(code, own)
  }
  return leads.size === 0 ? route : { ...route, leads }
}

/** In order, and said why. */
function rankingAfter(kind: string): Ranking {
  const detail = `after ${kind}`
  return {
    ...DEFAULT_STRATEGY.standard,
    reason: FOR_THIS_FAILURE,
    rank: (targets) => targets.map(({ target }) => ({ target, detail })),
  }
}

/** What is said of trying again in two places at once, or against each other. */
export function againProblems({ fallback, retry }: Written, path: readonly PathStep[]): ProblemDraft[] {
  const drafts: ProblemDraft[] = []
  const twice = (['attempts', 'time'] as const).filter(
    (member) => fallback?.[member] !== undefined && fallback.budget?.[member] !== undefined,
  )
  for (const member of twice) {
    const message = `stands in fallback.budget.${member} as well`
    drafts.push({ path: [...path, 'fallback', member], message, hint: 'Keep the one in fallback.budget.' })
  }
  if (fallback?.retries !== undefined && retry?.attempts !== undefined) {
    const message = 'stands in retry.attempts as well'
    drafts.push({ path: [...path, 'fallback', 'retries'], message, hint: 'Keep the one in retry.' })
  }
  const wanted = new Set(codesOf([...(fallback?.errors ?? []), ...Object.keys(fallback?.after ?? {})]))
  const torn = (fallback?.never ?? []).findIndex((word) =>
    failuresNamed(word).some((code) => wanted.has(code)),
  )
  if (torn >= 0) {
    const message = `${fallback?.never[torn]} both leads to another target and never does`
    drafts.push({ path: [...path, 'fallback', 'never', torn], message })
  }
  return drafts
}
