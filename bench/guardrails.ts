import { createDetectors } from '../src/guardrails/all.ts'
import { createPatternLooker } from '../src/guardrails/look-for-patterns.ts'
import { createLookThrough } from '../src/guardrails/look-through.ts'
import { settledBy, type Looker } from '../src/guardrails/looker.ts'
import { TermLooker } from '../src/guardrails/terms/look-for-terms.ts'
import { compilePattern } from '../src/kit/pattern.ts'

/**
 * What guardrails cost: `bun bench/guardrails.ts`. Goals: 10,000 terms, 50 patterns and all detectors over 8 kB in 300 µs, and 10 µs for
 * each piece of a stream. Of the processor, so that others on the machine do not count.
 */
const ROUNDS = 200
const TEXT = 'The parcel for Mrs Weaver left the depot at noon; order 4711 is due on 2026-12-04, 14:30. '
  .repeat(100)
  .slice(0, 8_192)
const PIECES = Array.from({ length: 400 }, (_none, at) => TEXT.slice(at * 4, at * 4 + 4))
/** What stands before what is held, and what is held. */
const WINDOW = 300

const terms = (count: number): readonly string[] =>
  Array.from({ length: count }, (_none, at) => `name${at} codeword`)
const sources = Array.from({ length: 50 }, (_none, at) =>
  at % 5 === 0 ? String.raw`\b[A-Z]{2}${at}\d{4}\b` : String.raw`REF${at}-\d{6,8}`,
)
const patterns = sources.map((source, at) => {
  const pattern = compilePattern(source)
  if ('wrong' in pattern) throw new RangeError(pattern.wrong)
  return { name: `P${at}`, source, pattern, reach: 256 }
})

function cpuUs(act: () => void): number {
  const began = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(began)
  return user + system
}

function report(name: string, us: number): void {
  console.log(`${name.padEnd(52)} ${us.toFixed(1).padStart(12)} µs`)
}

const lookers: Readonly<Record<string, Looker>> = {
  'terms (10,000)': new TermLooker({ words: terms(10_000), evasions: false }),
  'terms (10,000), evasions': new TermLooker({ words: terms(10_000), evasions: true }),
  'patterns (50)': createPatternLooker(patterns),
  'personal and secrets': createLookThrough(createDetectors(['sk-'])),
}

for (const [name, looker] of Object.entries(lookers)) {
  for (let round = 0; round < ROUNDS; round += 1) looker.look(TEXT)
  const us = cpuUs(() => {
    for (let round = 0; round < ROUNDS; round += 1) looker.look(TEXT)
  })
  report(`${name}, 8 kB`, us / ROUNDS)
  const windows = PIECES.map((_piece, at) => TEXT.slice(at * 4, at * 4 + WINDOW))
  for (const text of windows) settledBy(looker, text)
  const each = cpuUs(() => {
    for (const text of windows) if (settledBy(looker, text) > 0) looker.look(text)
  })
  report(`${name}, a piece of a stream`, each / windows.length)
}

const million = terms(1_000_000)
report(
  'a million terms, compiled',
  cpuUs(() => void new TermLooker({ words: million, evasions: false })),
)
