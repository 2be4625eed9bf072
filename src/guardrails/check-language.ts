import { languageOf, type Language } from '../kit/language.ts'
import type { Check } from './check.ts'
import { textsOfPeople } from './said-by-users.ts'

/** Creates the check that finds texts in other languages than some. What it cannot tell the language of is not found. */
export function createLanguageCheck(allowed: readonly Language[]): Check {
  const isAllowed = new Set(allowed)
  return {
    judge(checked) {
      const counts: Record<string, number> = {}
      for (const text of new Set(textsOfPeople(checked))) {
        const language = languageOf(text)
        if (language !== undefined && !isAllowed.has(language)) counts[language] = (counts[language] ?? 0) + 1
      }
      return Promise.resolve(Object.keys(counts).length === 0 ? {} : { found: counts })
    },
  }
}
