import type { LookedAt, RequestFilter, StoredField } from './request-query.ts'

/** Fields by whose values requests can be counted: each line has one value of them, or none. */
export const FACET_FIELDS = [
  'outcome',
  'route',
  'provider',
  'target',
  'model',
  'key',
  'project',
  'user',
  'customer',
  'team',
  'organisation',
  'client',
  'session',
  'dialect',
  'operation',
  'cache',
] as const satisfies readonly StoredField[]

export type FacetField = (typeof FACET_FIELDS)[number]

/** Which lines are counted, by which field. */
export interface FacetQuestion extends RequestFilter {
  readonly field: FacetField
  /** Most values; those of the most lines are told. */
  readonly names: number
}

/** How many lines there are of each value; lines without one are in none. */
export interface Facet {
  /** The most frequent first. */
  readonly values: readonly { readonly value: string; readonly requests: number }[]
  /** Values that are not told. */
  readonly others: number
  /** Where there were more lines than one may look at: what was looked at. */
  readonly lookedAt?: LookedAt
}

/** The lines beside one among those that are asked for, newest first. */
export interface Neighbours {
  /** Id of the next newer line; absent: there is none, or none near enough to be found. */
  readonly newer?: string
  readonly older?: string
}
