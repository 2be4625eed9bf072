import { columnsOf, type Column } from './columns.ts'
import type { ShadowRow } from './shadow-rows.ts'
import { compileSpelling, type SpellRow } from './spell-row.ts'

/** The columns of comparisons, in the order of a `ShadowText`. A new one also needs its step in the migrations of every store. */
export const SHADOW_COLUMNS: readonly Column[] = columnsOf<ShadowRow>({
  requestId: 'text',
  atMs: 'integer',
  route: 'name',
  shadow: 'name',
  shown: 'name',
  target: 'name?',
  outcome: 'text',
  durationMs: 'real',
  shadowMs: 'real',
  costNanoUsd: 'amount?',
  shadowCostNanoUsd: 'amount?',
  simulated: 'flag',
  shadowSimulated: 'flag',
  length: 'integer?',
  shadowLength: 'integer?',
  sameRefusal: 'flag?',
  sameTools: 'flag?',
  sameJson: 'flag?',
  jaccard: 'real?',
  agrees: 'flag?',
})

/** Spells a comparison. */
export const toShadowText: SpellRow<ShadowRow> = compileSpelling(SHADOW_COLUMNS)
