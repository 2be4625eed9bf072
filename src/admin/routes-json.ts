import { objectText } from '../config/managed-text.ts'
import { entriesOf, type Route } from '../exchange/route.ts'
import type { Plan } from '../gateway/plan.ts'
import { NO_FIGURES, type Figures } from '../insight/route-figures.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { findObject, listObjects, type ListedObject } from './config-listing.ts'
import type { Period } from './period.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { toMoneyJson, toTimeJson } from './to-json.ts'

/** Where routes are written, by their names: routes themselves, and models of other names. */
export function originsOf(
  releases: Pick<ReleaseDesk, 'now' | 'schemaOf'>,
): ReadonlyMap<string, ListedObject> {
  const written = listObjects(releases).filter(({ section }) => section === 'routes' || section === 'models')
  return new Map(written.map((object) => [object.name, object]))
}

/** Where one route is written; undefined where it follows from other settings. */
export function originOf(
  name: string,
  releases: Pick<ReleaseDesk, 'now' | 'schemaOf'>,
): ListedObject | undefined {
  return (
    findObject(releases, { section: 'routes', name }) ?? findObject(releases, { section: 'models', name })
  )
}

/** The route as it is written, for editors. */
export function writtenAs(object: ListedObject | undefined): JsonObject {
  if (object === undefined) return {}
  const { path, line, value } = object
  return { path, yaml: objectText(value), ...defined({ line }) }
}

/** What lists and pages tell of a route. */
export function factsOf(route: Route, { matches = [] }: Plan, written: ListedObject | undefined): JsonObject {
  const ways = route.steps?.map((step) => step.route) ?? [route]
  const takes = matches.find((match) => match.route.name === route.name)?.when.source
  const targets = new Set(ways.flatMap((way) => entriesOf(way).map(({ target }) => target.id)))
  return {
    name: route.name,
    ...defined({ origin: written?.origin, takes }),
    strategy: ways.at(-1)?.ranking.strategy ?? '',
    targets: [...targets],
  }
}

/** The ways of a route: its steps, or the one that it has. */
export function waysOf(route: Route): JsonObject[] {
  if (route.steps === undefined) return [toWayJson(route)]
  return route.steps.map(({ name, when, route: way }) => ({
    step: name,
    ...defined({ when: when?.source }),
    ...toWayJson(way),
  }))
}

function toWayJson(way: Route): JsonObject {
  const { ranking, targets, fallback, only = [], maxAttempts, deadlineMs, refuses } = way
  const toEntry = ({ target, weight }: (typeof targets)[number]): JsonObject => ({
    target: target.id,
    weight,
    simulated: target.simulated,
  })
  return {
    ...defined({ refuses }),
    strategy: ranking.strategy,
    weighted: ranking.usesWeights,
    only: only.map(({ text }) => text),
    targets: targets.map(toEntry),
    fallback: fallback.map(toEntry),
    attempts: maxAttempts,
    deadline_ms: deadlineMs,
  }
}

export function spanOf({ fromMs, toMs }: Period): JsonObject {
  return { from: toTimeJson(fromMs), to: toTimeJson(toMs) }
}

/** What came of requests, as it is answered. */
export function toFiguresJson(figures: Figures = NO_FIGURES): JsonObject {
  const { requests, failed, attempts, fallbacks, p95Ms } = figures
  return {
    requests,
    failed,
    attempts,
    fallbacks,
    cost: toMoneyJson(figures.costNanoUsd),
    estimated: figures.isEstimated,
    simulated: toMoneyJson(figures.simulatedNanoUsd),
    ...defined({ duration_p95_ms: p95Ms }),
  }
}
