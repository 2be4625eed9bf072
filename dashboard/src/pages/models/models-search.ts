import { texts } from '../../app/search-texts.ts'

/** What the list is narrowed by, as the address and the admin API say it. */
export const readModels = texts('q', 'provider', 'can', 'known', 'unpriced')

export type ModelsSearch = ReturnType<typeof readModels>

/** The path of the list in the admin API. */
export function modelsPath(search: ModelsSearch): string {
  const query = new URLSearchParams()
  for (const name of ['q', 'provider', 'can', 'known', 'unpriced'] as const) {
    const value = search[name]
    if (value !== undefined) query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? '/api/v1/models' : `/api/v1/models?${text}`
}
