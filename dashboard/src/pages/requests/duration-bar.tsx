import type { ReactNode } from 'react'
import type { RequestLine } from './use-requests.ts'

/** Where the time of a request went, on the scale of the list: gateway, wait for the first event, stream; or lost. */
export function DurationBar({
  row,
  scaleMs,
}: {
  readonly row: RequestLine
  readonly scaleMs: number
}): ReactNode {
  const width = (ms: number): { readonly width: string } => ({
    width: `${Math.min(100, Math.max(0, (100 * ms) / scaleMs))}%`,
  })
  if (row.outcome !== 'ok' && row.outcome !== 'client-gone')
    return (
      <span className="split" aria-hidden="true">
        <i className="lost" style={width(row.duration_ms)} />
      </span>
    )
  const gateway = Math.max(0, row.duration_ms - row.upstream_ms)
  const wait = Math.max(0, Math.min(row.first_event_ms ?? row.duration_ms, row.duration_ms) - gateway)
  return (
    <span className="split" aria-hidden="true">
      <i className="gw" style={width(gateway)} />
      <i className="wait" style={width(wait)} />
      <i style={width(row.duration_ms - gateway - wait)} />
    </span>
  )
}

/** A round length of time that is no shorter than the longest of the rows. */
export function scaleOf(rows: readonly RequestLine[]): number {
  const longest = rows.reduce((most, { duration_ms: ms }) => Math.max(most, ms), 100)
  const power = 10 ** Math.floor(Math.log10(longest))
  return [1, 2, 5].map((step) => step * power).find((step) => step >= longest) ?? 10 * power
}
