import { estimateTextTokens } from '../exchange/estimate.ts'
import type { Check } from './check.ts'

/** How much may be said altogether. */
export interface MostSaid {
  readonly characters?: number | undefined
  /** As they are estimated where nobody has counted them. */
  readonly tokens?: number | undefined
}

/** Creates the check that finds what is longer than it may be: by what there is too much of. */
export function createSizeCheck({ characters, tokens }: MostSaid): Check {
  return {
    judge({ texts }) {
      const found = {
        ...(characters !== undefined && isMore(texts, ({ length }) => length, characters)
          ? { characters: 1 }
          : {}),
        ...(tokens !== undefined && isMore(texts, estimateTextTokens, tokens) ? { tokens: 1 } : {}),
      }
      return Promise.resolve(Object.keys(found).length === 0 ? {} : { found })
    },
  }
}

function isMore(texts: readonly string[], sizeOf: (text: string) => number, most: number): boolean {
  let size = 0
  for (const text of texts) {
    size += sizeOf(text)
    if (size > most) return true
  }
  return false
}
