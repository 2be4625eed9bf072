/** Where all charts of the page draw their crosshair: the pointer is over one of them. */
export interface Crosshair {
  /** Milliseconds since the epoch; undefined: nowhere. */
  readonly current: () => number | undefined
  readonly move: (at: number | undefined) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** One for all charts. */
export function createCrosshair(): Crosshair {
  const listeners = new Set<() => void>()
  let current: number | undefined
  return {
    current: () => current,
    move(at) {
      if (at === current) return
      current = at
      listeners.forEach((listener) => listener())
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
