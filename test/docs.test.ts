import { describe, expect, test } from 'bun:test'
import { renderFailureDocs } from '../scripts/write-failure-docs.ts'
import type { CandidateVerdict, VerdictReason } from '../src/exchange/decision.ts'

const read = (path: string): Promise<string> => Bun.file(new URL(`../${path}`, import.meta.url)).text()

/** The compiler keeps this complete: a new reason that is missing here does not compile. */
const REASONS: Record<VerdictReason, CandidateVerdict['verdict']> = {
  'first-in-order': 'eligible',
  'weighted-draw': 'eligible',
  'next-in-order': 'eligible',
  'not-needed': 'eligible',
  'last-resort': 'eligible',
  'lacks-tools': 'filtered',
  'lacks-vision': 'filtered',
  'lacks-documents': 'filtered',
  'lacks-audio': 'filtered',
  'lacks-json-schema': 'filtered',
  'context-too-small': 'filtered',
  'key-forbids': 'filtered',
  unpriced: 'filtered',
  'circuit-open': 'filtered',
  'credentials-exhausted': 'filtered',
}

describe('lists in the documentation equal the code (law 15)', () => {
  test('docs/failures.md is the table of failures; scripts/write-failure-docs.ts writes it', async () => {
    expect(await read('docs/failures.md')).toBe(renderFailureDocs())
  })

  test('docs/decision-record.md explains every reason of a verdict, once, and no other', async () => {
    const rows = [...(await read('docs/decision-record.md')).matchAll(/^\| `([\w-]+)` \| (\w+) \| \S.*\|$/gm)]
    const listed = rows.map(([, reason = '', verdict = '']) => [reason, verdict])
    expect(Object.fromEntries(listed)).toEqual(REASONS)
    expect(listed).toHaveLength(Object.keys(REASONS).length)
  })
})
