/** Shapes of a line over intervals: each is one wide, the top is at 0 and zero at 100. */
export interface LinePaths {
  readonly solid: string
  /** The way to the interval that is not over. */
  readonly open: string
  /** What lies under the line. */
  readonly area: string
}

/** Where a value stands between the top and zero. */
export function heightOf(value: number, top: number): number {
  return top <= 0 ? 100 : 100 - (100 * value) / top
}

/** Straight lines from middle to middle; where nothing is known there is a gap, and a value alone is a dot. */
export function linePaths(
  values: readonly (number | null)[],
  { top, unfinished }: { readonly top: number; readonly unfinished?: number | undefined },
): LinePaths {
  const runs: (readonly (readonly [number, number])[])[] = []
  let run: [number, number][] = []
  values.forEach((value, index) => {
    if (value === null) {
      if (run.length > 0) runs.push(run)
      run = []
    } else run.push([index + 0.5, round(heightOf(value, top))])
  })
  if (run.length > 0) runs.push(run)
  const isOpen = ([x]: readonly [number, number]): boolean => Math.floor(x) === unfinished
  return {
    solid: runs.map((points) => pathOf(points.filter((point) => !isOpen(point)))).join(''),
    open: runs.map((points) => (points.some(isOpen) ? pathOf(points.slice(-2)) : '')).join(''),
    area: runs.map(areaOf).join(''),
  }
}

function pathOf(points: readonly (readonly [number, number])[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  if (rest.length === 0) return `M${first.join(' ')}h0`
  return `M${first.join(' ')}${rest.map((point) => `L${point.join(' ')}`).join('')}`
}

function areaOf(points: readonly (readonly [number, number])[]): string {
  const [from, to] = [points[0], points.at(-1)]
  return from === undefined || to === undefined ? '' : `${pathOf(points)}L${to[0]} 100L${from[0]} 100Z`
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
