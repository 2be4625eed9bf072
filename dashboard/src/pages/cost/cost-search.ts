import { readText, type Unread } from '../../words/reading.ts'

/** What spending can be told apart by, with the words for it. */
export const DIMENSIONS = {
  model: 'model',
  provider: 'provider',
  target: 'target',
  route: 'route',
  key: 'key',
  project: 'project',
  user: 'user',
  customer: 'customer',
  team: 'team',
  purpose: 'purpose',
  session: 'session',
  tag: 'tag',
  operation: 'operation',
  client: 'client',
  arm: 'arm of a canary',
} as const

export type Dimension = keyof typeof DIMENSIONS

/** What only the log tells of cannot be the rows of a table. */
export const ROW_DIMENSIONS: readonly Dimension[] = [
  'route',
  'project',
  'key',
  'provider',
  'model',
  'user',
  'customer',
  'team',
  'purpose',
]

export const USUAL = { by: 'model', rows: 'route' } as const

export interface CostSearch {
  readonly by?: Dimension
  readonly rows?: Dimension
}

/** What an address says of the page. */
export function readCost(search: Unread): CostSearch {
  const known = (name: 'by' | 'rows'): CostSearch => {
    const text = readText(search, name)
    const dimension = Object.keys(DIMENSIONS).find((one): one is Dimension => one === text)
    return dimension === undefined || dimension === USUAL[name] ? {} : { [name]: dimension }
  }
  return { ...known('by'), ...known('rows') }
}
