const COLOURS = 8

/** Gives each model its colour. */
export interface Palette {
  readonly colourOf: (name: string) => string
}

/** Colours in the order of first use, the same on every page for as long as this one is open; behind the eighth all are grey. */
export function createPalette(): Palette {
  const places = new Map<string, number>()
  return {
    colourOf(name) {
      const place = places.get(name) ?? places.size + 1
      if (place > COLOURS) return 'var(--cat-other)'
      places.set(name, place)
      return `var(--cat-${place})`
    },
  }
}
