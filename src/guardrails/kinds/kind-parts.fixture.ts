import { NO_LETTERS } from '../hooks/letter.ts'
import { keepLookers } from '../kept-lookers.ts'
import type { KindParts } from './kind.ts'

/** What kinds work with, where there is nothing to read, and nobody to ask. */
export const SAMPLE_KIND_PARTS: KindParts = {
  detectors: [],
  readText: () => undefined,
  reuse: keepLookers(),
  rule: { name: 'sample', action: 'flag', budgetMs: 1_000 },
  secretOf: () => undefined,
  letters: NO_LETTERS,
}
