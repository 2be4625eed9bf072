import type { ReactNode } from 'react'
import { linePaths } from './chart/paths.ts'

/** How a figure came about, small: straight lines, what is missing left out, the interval that is not over dotted. */
export function Spark({
  values,
  unfinished,
}: {
  readonly values: readonly (number | null)[]
  readonly unfinished?: number | undefined
}): ReactNode {
  const known = values.filter((value) => value !== null)
  const top = Math.max(...known)
  if (known.length < 2 || top <= 0) return <svg viewBox="0 0 1 1" aria-hidden="true" />
  const { solid, open, area } = linePaths(values, { top, unfinished })
  return (
    <svg viewBox={`0 0 ${values.length} 100`} preserveAspectRatio="none" aria-hidden="true" className="spark">
      <path className="area" d={area} />
      <path className="ns line" d={solid} />
      <path className="ns line dotted" d={open} />
    </svg>
  )
}
