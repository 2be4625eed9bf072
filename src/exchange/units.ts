/** The half of an exchange that tokens belong to. */
export type Side = 'input' | 'output'

/** What is known of a unit of usage. */
interface UnitFacts {
  /** What is counted, in the words of reports. */
  readonly says: string
  /** Set where tokens are counted: which total they are a part of. */
  readonly side?: Side
  /** Billed beside the answer, and no part of the totals that clients are told. */
  readonly hidden?: true
  /** What a request must have to do with, so that it may come to this at all. */
  readonly only?: 'audio' | 'cache-writes'
  /** What one costs: the first of these rates that a price has. */
  readonly rates: readonly [string, ...string[]]
  /** True where a price that says nothing of it means that it costs nothing; else the whole has no known price. */
  readonly free?: true
}

/**
 * Everything that usage is counted in: disjoint, so that nothing is counted twice. This is the one place that lists it; prices,
 * sums, columns, reports and their schemas read it. The units of a side stand dearest first. A request is no unit, each row of the
 * ledger is one.
 */
export const UNITS = {
  inputAudioTokens: { says: 'audio heard', side: 'input', only: 'audio', rates: ['inputAudio', 'input'] },
  /** With the long lifetime (an hour or more). */
  cacheWriteLongTokens: {
    says: 'cached for long',
    side: 'input',
    only: 'cache-writes',
    rates: ['cacheWriteLong', 'cacheWrite', 'input'],
  },
  /** With the default lifetime (minutes). */
  cacheWriteTokens: { says: 'cached', side: 'input', only: 'cache-writes', rates: ['cacheWrite', 'input'] },
  /** Neither read from nor written to a cache, without what is counted apart. */
  inputTokens: { says: 'plain input', side: 'input', rates: ['input'] },
  cacheReadTokens: { says: 'read from cache', side: 'input', rates: ['cacheRead', 'input'] },
  outputAudioTokens: {
    says: 'audio spoken',
    side: 'output',
    only: 'audio',
    rates: ['outputAudio', 'output'],
  },
  reasoningTokens: { says: 'reasoning', side: 'output', rates: ['reasoning', 'output'] },
  /** What the client can read, without what is counted apart. */
  outputTokens: { says: 'plain output', side: 'output', rates: ['output'] },
  /** Of sub-calls that are billed but not part of the answer's totals (compaction, advisors). */
  hiddenInputTokens: { says: 'hidden input', side: 'input', hidden: true, rates: ['input'] },
  hiddenOutputTokens: { says: 'hidden output', side: 'output', hidden: true, rates: ['output'] },
  /** Run by the provider beside its answer. */
  webSearches: { says: 'web searches', rates: ['webSearch'], free: true },
  /** Text that was spoken. */
  characters: { says: 'characters', rates: ['character'] },
  /** Sound or film that was heard or made. */
  seconds: { says: 'seconds', rates: ['second'] },
  images: { says: 'images', rates: ['image'] },
  /** Questions put to an index, or to a ranking of documents. */
  searches: { says: 'searches', rates: ['search'] },
  pages: { says: 'pages', rates: ['page'] },
} as const satisfies Readonly<Record<string, UnitFacts>>

export type Unit = keyof typeof UNITS

/** Units that are tokens: an answer is always counted in them. */
export type TokenUnit = {
  [U in Unit]: (typeof UNITS)[U] extends { readonly side: Side } ? U : never
}[Unit]

/** Units that are no tokens. */
export type OtherUnit = Exclude<Unit, TokenUnit>

/** The names of the rates that units are charged by. */
export type UnitRate = (typeof UNITS)[Unit]['rates'][number]

/** The names of the rates of what is charged by the piece. */
export type FeeRate = (typeof UNITS)[OtherUnit]['rates'][number]

/** How much of each unit, never negative. What is no token is absent where nothing of it was used. */
export type Counts = { readonly [U in TokenUnit]: number } & { readonly [U in OtherUnit]?: number }

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.keys forgets the names of members
export const UNIT_NAMES = Object.keys(UNITS) as readonly Unit[]

/** What is known of a unit. */
export function unitFacts(
  unit: Unit,
): Omit<UnitFacts, 'rates'> & { readonly rates: readonly [UnitRate, ...UnitRate[]] } {
  return UNITS[unit]
}

function isTokens(unit: Unit): unit is TokenUnit {
  return unitFacts(unit).side !== undefined
}

export const TOKEN_UNITS: readonly TokenUnit[] = UNIT_NAMES.filter(isTokens)

export const OTHER_UNITS: readonly OtherUnit[] = UNIT_NAMES.filter((unit) => !isTokens(unit))

/** The tokens of each side that are part of its total, dearest first. */
export const SIDES: Readonly<Record<Side, readonly TokenUnit[]>> = {
  input: TOKEN_UNITS.filter((unit) => isPartOf(unit, 'input')),
  output: TOKEN_UNITS.filter((unit) => isPartOf(unit, 'output')),
}

function isPartOf(unit: Unit, side: Side): boolean {
  const facts = unitFacts(unit)
  return facts.side === side && facts.hidden !== true
}

/** Nothing of any unit. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Object.fromEntries forgets the names of members
export const NO_COUNTS: Counts = Object.fromEntries(TOKEN_UNITS.map((unit) => [unit, 0])) as Record<
  TokenUnit,
  number
>

/** All tokens of a side, those included that clients are not told of. */
export function billedTokens(counts: Counts, side: Side): number {
  let sum = 0
  for (const unit of TOKEN_UNITS) if (unitFacts(unit).side === side) sum += counts[unit]
  return sum
}
