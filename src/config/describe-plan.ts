import type { Account } from '../exchange/account.ts'
import {
  entriesOf,
  type Ranking,
  type Route,
  type RouteMatch,
  type RouteStep,
  type RouteTarget,
} from '../exchange/route.ts'
import type { Price, Target } from '../exchange/target.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { formatUsd, showUsd } from '../kit/money.ts'

/**
 * A plan as JSON for people and golden tests: everything resolved, secrets left out, money as decimal text.
 * Targets are described once, routes refer to them.
 */
export function describePlan(plan: Plan): JsonObject {
  const targets = new Map<string, Target>()
  for (const route of plan.routes.values()) {
    for (const { target } of entriesOf(route)) targets.set(target.id, target)
  }
  return {
    ...(plan.matches === undefined ? {} : { matches: plan.matches.map(describeMatch) }),
    routes: Object.fromEntries([...plan.routes].map(([name, route]) => [name, describeRoute(route)])),
    targets: Object.fromEntries([...targets].map(([id, target]) => [id, describeTarget(target)])),
    projects: Object.fromEntries(
      [...plan.projects].map(([name, project]) => [name, describeAccount(project)]),
    ),
    keys: plan.declaredKeys.map((key) => ({
      id: key.id,
      name: key.name,
      project: key.project ?? null,
      models: key.models === undefined ? 'all' : [...key.models],
      operations: key.operations === undefined ? 'all' : [...key.operations],
      allow: [...key.allowedOptions],
      limits: { ...key.limits },
      budgets: key.budgets.map(({ window, limitNanoUsd }) => `${formatUsd(limitNanoUsd)} per ${window}`),
      expires: key.expiresAtMs === undefined ? null : new Date(key.expiresAtMs).toISOString(),
    })),
    unpriced: plan.unpriced,
    health: { ...plan.circuit },
  }
}

function describeMatch({ when, route }: RouteMatch): JsonObject {
  return { route: route.name, when: when.source }
}

function describeRoute(route: Route): JsonObject {
  if (route.steps !== undefined) return { steps: route.steps.map(describeStep) }
  return {
    strategy: describeRanking(route.ranking),
    targets: route.targets.map((entry) => describeEntry(entry, route.ranking)),
    fallback: route.fallback.map(({ target }) => target.id),
    attempts: route.maxAttempts,
    retries: route.retries,
    deadline_ms: route.deadlineMs,
    ...describeAgain(route),
    ...describePace(route),
    errors: [...route.alsoFailOver],
    strict: route.strict,
    ...(route.marksPrompts === true ? { prompt_cache: 'auto' } : {}),
    unpriced: route.unpriced,
  }
}

function describeAgain({ again = {}, leads }: Route): JsonObject {
  const { cost, backoff, alsoRetry, neverFailOver, ownPauses, continues } = again
  return {
    ...(cost === undefined ? {} : { cost: 'times' in cost ? `${cost.times}x` : showUsd(cost.nanoUsd) }),
    ...(backoff === undefined ? {} : { backoff_ms: [backoff.fromMs, backoff.toMs] }),
    ...(ownPauses === true ? { respect_retry_after: false } : {}),
    ...(alsoRetry === undefined ? {} : { retry_errors: [...alsoRetry] }),
    ...(neverFailOver === undefined ? {} : { never: [...neverFailOver] }),
    ...(continues === undefined ? {} : { mid_stream: { ...continues } }),
    ...(leads === undefined ? {} : { after: describeLeads(leads) }),
  }
}

function describeLeads(leads: ReadonlyMap<string, Route>): JsonObject {
  return Object.fromEntries(
    [...leads].map(([code, { targets }]) => [code, targets.map(({ target }) => target.id)]),
  )
}

function describeStep({ name, when, route }: RouteStep): JsonObject {
  const condition = when === undefined ? {} : { when: when.source }
  return {
    name,
    ...condition,
    ...(route.refuses === undefined ? describeRoute(route) : { refuse: route.refuses }),
  }
}

function describePace({ pace }: Route): JsonObject {
  if (pace === undefined) return {}
  const { kind, ceilingNanoUsd, ...terms } = pace
  return {
    [kind]: {
      ...terms,
      ...(ceilingNanoUsd === undefined ? {} : { ceiling: showUsd(ceilingNanoUsd) }),
    },
  }
}

function describeRanking({ strategy, options }: Ranking): Json {
  return Object.keys(options).length === 0 ? strategy : { [strategy]: options }
}

function describeEntry({ target, weight }: RouteTarget, { usesWeights }: Ranking): Json {
  return usesWeights ? { model: target.id, weight } : target.id
}

function describeTarget(target: Target): Json {
  return {
    speaks: target.spoken.map(({ dialect, baseUrl }) => `${dialect} at ${baseUrl}`),
    credentials: target.credentials.map(({ id, weight }) => ({ id, weight })),
    timeouts: { ...target.timeouts },
    capabilities: { ...target.capabilities },
    price: target.price === undefined ? 'unpriced' : describePrice(target.price),
    simulated: target.simulated,
  }
}

/** Pico-USD per unit are micro-USD per million units, which is how price lists are read. */
function describePrice(price: Price): Json {
  const { id, input, output, cacheRead, cacheWrite, serviceTiers } = price
  const perMillion = (pico: bigint): string => formatUsd(pico * 1_000n)
  return {
    id,
    input: perMillion(input),
    output: perMillion(output),
    ...(cacheRead === undefined ? {} : { cache_read: perMillion(cacheRead) }),
    ...(cacheWrite === undefined ? {} : { cache_write: perMillion(cacheWrite) }),
    ...(serviceTiers === undefined ? {} : { service_tiers: [...serviceTiers.keys()] }),
  }
}

function describeAccount(account: Account): Json {
  return {
    limits: { ...account.limits },
    budgets: account.budgets.map(({ window, limitNanoUsd }) => `${formatUsd(limitNanoUsd)} per ${window}`),
  }
}
