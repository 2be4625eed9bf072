const COLOURS = 8

/** Gives each model its colour, whichever provider serves it. */
export interface Palette {
  /** Takes a model or a target, `provider/model`. */
  readonly colourOf: (target: string) => string
}

/** Colours in the order of first use, the same on every page for as long as this one is open; behind the eighth all are grey. */
export function createPalette(): Palette {
  const places = new Map<string, number>()
  return {
    colourOf(target) {
      const name = target.slice(target.indexOf('/') + 1)
      const place = places.get(name) ?? places.size + 1
      if (place > COLOURS) return 'var(--cat-other)'
      places.set(name, place)
      return `var(--cat-${place})`
    },
  }
}
