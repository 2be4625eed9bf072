import { UNIT_NAMES, type Unit } from '../exchange/units.ts'
import { underscored } from '../kit/underscored.ts'
import type { Column } from './columns.ts'

/** The units that nearly every attempt uses have a column each. */
const OWN_COLUMNS: readonly Unit[] = [
  'inputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'cacheWriteLongTokens',
  'outputTokens',
  'reasoningTokens',
]

/** Where all others are, as JSON of their names and counts; null where there are none. */
export const MORE_USAGE = 'more_usage'

/** True for a unit that has a column of its own. */
export function hasColumn(unit: Unit): boolean {
  return OWN_COLUMNS.includes(unit)
}

/** The columns of `Counts`: a further unit needs none. */
export const USAGE_COLUMNS: readonly Column[] = [
  ...OWN_COLUMNS.map((unit): Column => ({
    field: unit,
    name: underscored(unit),
    kind: 'integer',
    optional: false,
    nothing: 0,
  })),
  {
    field: 'more',
    name: MORE_USAGE,
    kind: 'counts',
    optional: true,
    nothing: null,
    fields: UNIT_NAMES.filter((unit) => !hasColumn(unit)),
  },
]
