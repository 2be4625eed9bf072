import type { Check } from './check.ts'
import type { Found, Looker } from './looker.ts'
import { lookInPieces } from './pieces.ts'

/** A topic, and who finds its words and phrases. */
export interface Topic {
  readonly name: string
  readonly looker: Looker
}

/**
 * Creates the check that finds what is about topics: where so many different words and phrases of one stand in all texts together. They
 * are words, and say nothing of what is meant.
 *
 * @param threshold how many different ones it takes
 */
export function createTopicsCheck(topics: readonly Topic[], threshold: number): Check {
  return {
    judge({ texts }) {
      const counts: Record<string, number> = {}
      const places = new Map<string, Found[]>()
      for (const topic of topics) {
        const found = [...new Set(texts)].map((text) => [text, placesIn(text, topic)] as const)
        const different = new Set(found.flatMap(([text, all]) => all.map((place) => keyOf(text, place))))
        if (different.size < threshold) continue
        counts[topic.name] = different.size
        for (const [text, all] of found)
          if (all.length > 0) places.set(text, [...(places.get(text) ?? []), ...all])
      }
      return Promise.resolve(places.size === 0 ? {} : { found: counts, places })
    },
  }
}

function placesIn(text: string, { name, looker }: Topic): readonly Found[] {
  return [...lookInPieces(text, looker.reach, (piece) => looker.look(piece))]
    .flat()
    .map(({ start, end }) => ({ name, start, end }))
}

/** The same word in another case is no other. */
function keyOf(text: string, { start, end }: Found): string {
  return text.slice(start, end).toLowerCase().replaceAll(/\s+/g, ' ')
}
