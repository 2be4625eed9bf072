import { createDetectors } from '../src/guardrails/all.ts'
import { Eye, type Looking } from '../src/guardrails/eye.ts'
import { HeldText } from '../src/guardrails/held-text.ts'
import { createPatternLooker } from '../src/guardrails/look-for-patterns.ts'
import { createLookThrough } from '../src/guardrails/look-through.ts'
import type { Looker } from '../src/guardrails/looker.ts'
import { TermLooker } from '../src/guardrails/terms/look-for-terms.ts'
import { compilePattern } from '../src/kit/pattern.ts'

/**
 * What guardrails cost: `bun bench/guardrails.ts`. Goals: 10,000 terms, 50 patterns and all detectors over 8 kB in 300 µs together, and
 * 10 µs for each piece of a stream. Of the processor, and the least of several turns, so that others on the machine do not count.
 */
const TURNS = 25
const ROUNDS = 40
const CHARACTERS = 8_192
/** Of a piece of a stream. */
const PIECE = 4

const filled = (text: string): string => text.repeat(Math.ceil(CHARACTERS / text.length)).slice(0, CHARACTERS)
const ITEMS = Array.from({ length: 80 }, (_none, at) => ({
  id: at * 7,
  name: `item ${at}`,
  price: 12.5 + at,
  tags: ['new', 'blue'],
  note: 'nothing "special" here',
  at: '2026-12-04T10:00:00Z',
}))
const TEXTS: Readonly<Record<string, string>> = {
  'dates and orders': filled(
    'The parcel for Mrs Weaver left the depot at noon; order 4711 is due on 2026-12-04, 14:30. ',
  ),
  'plain prose': filled(
    'It was a quiet morning, and nobody in the house had any idea of what the day would bring; the kettle sang, and the cat slept on. ',
  ),
  JSON: filled(JSON.stringify(ITEMS)),
}

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

/** Microseconds of one of several turns, the least. */
function leastUs(rounds: number, act: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < TURNS; turn += 1) {
    const us = cpuUs(() => {
      for (let round = 0; round < rounds; round += 1) act()
    })
    least = Math.min(least, us / rounds)
  }
  return least
}

function report(name: string, us: number): void {
  console.log(`${name.padEnd(52)} ${us.toFixed(1).padStart(12)} µs`)
}

/** What is said in pieces, held back and looked at as a stream is. */
function stream(lookers: readonly Looker[], text: string): void {
  const held = new HeldText(lookers.map(eyeOf), () => '[…]')
  for (let at = 0; at < text.length; at += PIECE) held.push(text.slice(at, at + PIECE))
  held.end()
}

function eyeOf(looker: Looker): Eye {
  const guardrail: Looking = {
    name: 'bench',
    kind: 'bench',
    phases: ['output'],
    looker,
    action: { type: 'mask', restore: false },
    isShadow: false,
    budgetMs: 1e9,
    onError: 'block',
  }
  return new Eye(guardrail, 'output', { elapsedMs: () => performance.now(), onDefect: () => undefined })
}

const plain = new TermLooker({ words: terms(10_000), evasions: false })
const evasions = new TermLooker({ words: terms(10_000), evasions: true })
const named = createPatternLooker(patterns)
const detectors = createLookThrough(createDetectors(['sk-']))
const LOOKERS: Readonly<Record<string, readonly Looker[]>> = {
  'terms (10,000)': [plain],
  'terms (10,000), evasions': [evasions],
  'patterns (50)': [named],
  'personal and secrets': [detectors],
  together: [plain, named, detectors],
}

for (const [kind, text] of Object.entries(TEXTS)) {
  console.log(kind)
  for (const [name, lookers] of Object.entries(LOOKERS)) {
    const us = leastUs(ROUNDS, () => {
      for (const looker of lookers) looker.look(text)
    })
    report(`  ${name}, 8 kB`, us)
    report(`  ${name}, a piece of a stream`, leastUs(1, () => stream(lookers, text)) / (CHARACTERS / PIECE))
  }
}

const million = terms(1_000_000)
report(
  'a million terms, compiled',
  cpuUs(() => void new TermLooker({ words: million, evasions: false })),
)
