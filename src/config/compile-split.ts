import type { Route, RouteTarget } from '../exchange/route.ts'
import type { CanaryTerms, GuardTerms, SplitTerms } from '../exchange/split.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { CanaryConfig, GuardConfig, SplitConfig } from './schema/split.ts'

/** What the file says of dividing the requests of a route. */
interface Divided {
  readonly split?: SplitConfig | undefined
  readonly canary?: CanaryConfig | undefined
}

/** The targets of the arms that have their own, by name. */
export type ArmTargets = ReadonlyMap<string, readonly RouteTarget[]>

const CANARY = 'canary'

/** Finds the targets of all arms. */
export function findArms(
  { split, canary }: Divided,
  at: (member: 'split' | 'canary') => readonly PathStep[],
  find: (model: string, at: readonly PathStep[]) => readonly RouteTarget[],
): ArmTargets {
  const found = new Map<string, readonly RouteTarget[]>()
  const take = (name: string, models: readonly string[], from: readonly PathStep[]): void =>
    void found.set(
      name,
      models.flatMap((model, index) => find(model, [...from, 'targets', index])),
    )
  for (const [name, { targets }] of Object.entries(split?.arms ?? {}))
    if (targets !== undefined) take(name, targets, [...at('split'), 'arms', name])
  if (canary !== undefined) take(CANARY, canary.targets, at('canary'))
  return found
}

/** A canary divides the requests by itself. */
export function splitProblems({ split, canary }: Divided, path: readonly PathStep[]): ProblemDraft[] {
  if (split === undefined || canary === undefined) return []
  const hint = 'Remove one of the two.'
  return [{ path, message: 'a route has a split or a canary, not both', hint }]
}

/** What dividing takes of a route that is compiled already. */
export interface SplitPlace {
  /** Name of the route. */
  readonly name: string
  readonly arms: ArmTargets
  /** The route with other targets and what follows them. */
  readonly toRoute: (targets: readonly RouteTarget[], fallback: readonly RouteTarget[]) => Route
}

/** The route with the ways on which its requests are divided. */
export function withArms(base: Route, written: Divided, place: SplitPlace): Route {
  const { split, canary } = written
  if (split !== undefined) return { ...base, split: compileSplit(base, split, place) }
  if (canary !== undefined) return { ...base, canary: compileCanary(base, canary, place) }
  return base
}

function compileSplit(base: Route, { by, salt, arms }: SplitConfig, place: SplitPlace): SplitTerms<Route> {
  return {
    salt: salt ?? place.name,
    by,
    arms: Object.entries(arms).map(([name, { share }]) => {
      const targets = place.arms.get(name)
      if (targets === undefined) return { name, share }
      return { name, share, route: place.toRoute(targets, without(base.fallback, targets)) }
    }),
  }
}

/** Whoever is on a canary falls back on what the others are answered by, so that nobody suffers for trying it. */
function compileCanary(base: Route, written: CanaryConfig, place: SplitPlace): CanaryTerms<Route> {
  const targets = place.arms.get(CANARY) ?? []
  const { share, ramp, guard } = written
  const shares = share === undefined ? ramp : [share, ...ramp.filter((next) => next > share)]
  const route = place.toRoute(targets, without([...base.targets, ...base.fallback], targets))
  // A route with a wildcard is one canary, whatever models clients ask it for.
  const tried = place.name.endsWith('*') ? written.targets : targets.map(({ target }) => target.id)
  const meant = JSON.stringify([tried, shares, written.by])
  return {
    id: base.step === undefined ? place.name : `${place.name}/${base.step}`,
    salt: place.name,
    by: written.by,
    fingerprint: sha256Hex(meant).slice(0, FINGERPRINT_DIGITS),
    route,
    ramp: shares,
    everyMs: written.every,
    guard: compileGuard(guard),
    onBreach: written.on_breach,
  }
}

/** By how much what is tried may do worse than the rest. */
export function compileGuard({
  error_rate: errorRate,
  min_requests: minRequests,
  ...others
}: GuardConfig): GuardTerms {
  return { errorRate, minRequests, ...defined({ ttftP95: others.ttft_p95, cost: others.cost }) }
}

const FINGERPRINT_DIGITS = 12

function without(entries: readonly RouteTarget[], left: readonly RouteTarget[]): readonly RouteTarget[] {
  return entries.filter(({ target }) => !left.some((other) => other.target.id === target.id))
}
