import type { ExtraTerms, PaceTerms } from '../exchange/pace-terms.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import { defined } from '../kit/defined.ts'
import { incidentDomainOf } from '../exchange/target.ts'
import type { PathStep, ProblemDraft } from './problems.ts'
import type { HedgeConfig, RaceConfig } from './schema/pace.ts'

/** A share of the first one's answers never means less time than this, where the file does not say how much. */
const LEAST_MS = 300
/** Of which share of the requests a hedge is begun, and what it may cost, where the file does not say. */
const HEDGE_STARTS = 0.05
const HEDGE_COST = 0.1

/** What a route says of attempts beside each other. */
export interface WrittenPace {
  readonly race?: RaceConfig | undefined
  readonly hedge?: HedgeConfig | undefined
}

type Said<Written> = Exclude<Written, 'none'>

type WrittenExtra = Pick<
  Said<HedgeConfig | RaceConfig>,
  'max_extra_starts' | 'max_extra_cost' | 'cost_ceiling'
>

/** What a step goes by: where it says one of them, it goes by nothing that its route says of either. */
export function inheritPace<Shared extends WrittenPace>(shared: Shared, own: WrittenPace): Shared {
  const isOwn = own.race !== undefined || own.hedge !== undefined
  return isOwn ? { ...shared, race: undefined, hedge: undefined } : shared
}

/** Compiles it; nothing where attempts follow one another. */
export function compilePace({ race, hedge }: WrittenPace): Pick<Route, 'pace'> {
  if (isSaid(race)) return { pace: compileRace(race) }
  return isSaid(hedge) ? { pace: compileHedge(hedge) } : {}
}

function isSaid<Written extends object>(written: Written | 'none' | undefined): written is Written {
  return written !== undefined && written !== 'none'
}

function compileRace(race: Said<RaceConfig>): PaceTerms {
  const { of, accept } = race
  return { kind: 'race', of, accept, ...extraTerms(race) }
}

function compileHedge(hedge: Said<HedgeConfig>): PaceTerms {
  const { after, min: leastMs = LEAST_MS } = hedge
  return {
    kind: 'hedge',
    after: 'ms' in after ? after : { ...after, leastMs },
    extraStarts: HEDGE_STARTS,
    extraCost: HEDGE_COST,
    ...extraTerms(hedge),
  }
}

function extraTerms(written: WrittenExtra): ExtraTerms {
  return defined({
    extraStarts: written.max_extra_starts,
    extraCost: written.max_extra_cost,
    ceilingNanoUsd: written.cost_ceiling,
  })
}

/** Where in the file each of them stands. */
type Places = (member: keyof WrittenPace) => readonly PathStep[]

/** What is written twice. */
export function paceProblems({ race, hedge }: WrittenPace, at: Places): ProblemDraft[] {
  if (!isSaid(race) || !isSaid(hedge)) return []
  const hint =
    'A race asks several targets at once, a hedge a second one when the first is slow. Keep one of them.'
  return [{ path: at('hedge'), message: 'a route that races has nothing to hedge', hint }]
}

/** Warns of a route that can never ask as many targets beside each other as it says. */
export function paceWarnings(route: Route, at: Places): ProblemDraft[] {
  const { pace, maxAttempts } = route
  if (pace === undefined) return []
  const wanted = pace.kind === 'race' ? pace.of : 2
  const path = at(pace.kind)
  const severity = 'warning'
  if (maxAttempts < wanted) {
    const hint = 'Allow more in fallback.attempts.'
    return [
      {
        path,
        severity,
        message: `${wanted} attempts are more than the ${maxAttempts} that the route may make`,
        hint,
      },
    ]
  }
  const apart = new Set(entriesOf(route).map(({ target }) => incidentDomainOf(target))).size
  if (apart >= wanted) return []
  const hint =
    'Add a target of another provider; where two entries are apart although their address is one, say so (incident_domain).'
  return [
    {
      path,
      severity,
      message: `${wanted} targets are to be asked at once, and ${apart} would be slow apart from each other`,
      hint,
    },
  ]
}
