import { NO_LETTERS } from '../hooks/letter.ts'
import type { KindParts } from './kind.ts'

/** What kinds work with, where there is nothing to read, and nobody to ask. */
export const SAMPLE_KIND_PARTS: KindParts = {
  detectors: [],
  readText: () => undefined,
  reuse: (_key, make) => make(),
  rule: { name: 'sample', action: 'flag', budgetMs: 1_000 },
  secretOf: () => undefined,
  letters: NO_LETTERS,
}
