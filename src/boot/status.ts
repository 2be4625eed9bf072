import { entriesOf } from '../exchange/route.ts'
import type { ProviderReport, StatusReport } from '../admin/status-report.ts'
import type { ProviderSetup } from '../config/compile-providers.ts'
import type { Plan } from '../gateway/plan.ts'
import type { HealthBoard } from '../routing/health.ts'

/** Routes named on one screen. */
const MOST_ROUTES = 100
/** Troubles told of one provider. */
const MOST_TROUBLES = 3

export interface StatusSources extends Omit<StatusReport, 'providers' | 'routes' | 'planVersion'> {
  readonly plan: Plan
  readonly setups: readonly ProviderSetup[]
  readonly health: HealthBoard
}

/** Puts together how the gateway is doing. */
export function statusReport({ plan, setups, health, ...rest }: StatusSources): StatusReport {
  return {
    ...rest,
    planVersion: plan.version,
    providers: setups.map((setup) => providerReport(setup, health)),
    routes: routeSummaries(plan),
  }
}

/** The named routes with the targets behind them, for screens and the first run. */
export function routeSummaries(plan: Plan): { readonly name: string; readonly targets: readonly string[] }[] {
  return [...plan.routes.values()].slice(0, MOST_ROUTES).map((route) => ({
    name: route.name,
    targets: entriesOf(route).map(({ target }) => target.id),
  }))
}

function providerReport({ name, from }: ProviderSetup, health: HealthBoard): ProviderReport {
  // A model that the provider does not know says nothing about the provider.
  const troubles = health
    .entries()
    .filter(
      ({ kind, target, credential }) =>
        kind !== 'target-off' && (target ?? credential ?? '').startsWith(`${name}/`),
    )
    .map(({ kind, target, credential, caller }) => {
      const whose = caller === undefined ? '' : ` for ${caller} alone`
      return `${kind.replace('-', ' ')}: ${target ?? credential}${whose}`
    })
  const shown = troubles.slice(0, MOST_TROUBLES)
  return { name, from, state: shown.length === 0 ? 'ready' : shown.join(', ') }
}
