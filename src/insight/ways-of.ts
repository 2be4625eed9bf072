import type { Route } from '../exchange/route.ts'

/** A way that the attempts of an exchange may go. */
export interface RouteWay {
  /** What leads there: `arm b`, `canary`, `after context-overflow`; empty for the route itself. */
  readonly via: string
  readonly route: Route
}

/** All ways that attempts may go for whom a route, or a step of one, was taken. */
export function waysOf(route: Route): readonly RouteWay[] {
  const arms = (route.split?.arms ?? []).flatMap(({ name, route: led }) =>
    led === undefined ? [] : [{ via: `arm ${name}`, route: led }],
  )
  const canary = route.canary === undefined ? [] : [{ via: 'canary', route: route.canary.route }]
  const own = [{ via: '', route }, ...arms, ...canary]
  return own.flatMap((way) => [way, ...ledFrom(way)])
}

function ledFrom({ via, route: { leads } }: RouteWay): readonly RouteWay[] {
  return [...(leads ?? [])].map(([code, route]) => ({ via: [via, `after ${code}`].join(' ').trim(), route }))
}
