import type { ReactNode } from 'react'
import { counted } from '../../words/numbers.ts'
import { valueText } from '../../words/units.ts'
import type { RouteFacts } from './use-route.ts'

/** Where a request would go, as a sentence. */
export function RouteAnswer({
  name,
  route,
}: {
  readonly name: string
  readonly route: RouteFacts | null
}): ReactNode {
  if (route === null)
    return <p>There is no route {name} yet. This is a draft of it; nobody is asked before it is in force.</p>
  const { requests, failed } = route.figures
  const failures = failed === 0 || requests === 0 ? '' : `, ${valueText(failed / requests, 'share')} failed`
  const takes = route.takes === undefined ? '' : `It takes any name where ${route.takes}. `
  return (
    <p>
      {whereTo(route.ways)} {takes}
      {counted(requests, 'request')} in this time{failures}.
    </p>
  )
}

function whereTo(ways: RouteFacts['ways']): string {
  if (ways.length > 1) return `The first of ${ways.length} steps that fits decides.`
  const [way] = ways
  const [first, ...others] = way?.targets ?? []
  if (way === undefined || first === undefined) return ''
  if (way.strategy === 'ordered' || others.length === 0) return `Requests go to ${first.target} first.`
  return `Requests go to ${others.length + 1} targets, ${way.strategy}.`
}
