/** The dialects in which conversations are held: clients and providers of the tests speak all of them. */
export const CLIENT_DIALECTS = ['openai-chat', 'anthropic-messages', 'openai-responses', 'gemini'] as const
export type ClientDialect = (typeof CLIENT_DIALECTS)[number]

/** Both forms of an answer. */
export const MODES = ['unary', 'stream'] as const
export type Mode = (typeof MODES)[number]

/** What a client speaks, and what its provider does. */
export interface Pair {
  readonly dialect: ClientDialect
  readonly spoken: ClientDialect
  readonly lane: 'native' | 'translated'
}

/** Every client with its own kind of provider and with the next one, so that each dialect is once translated from and once translated to. */
export const PAIRS: readonly Pair[] = CLIENT_DIALECTS.flatMap((dialect, index) => [
  pairOf(dialect, dialect),
  pairOf(dialect, CLIENT_DIALECTS[(index + 1) % CLIENT_DIALECTS.length] ?? dialect),
])

/** A pair and how it is asked. */
export interface Setting extends Pair {
  readonly mode: Mode
}

/** The pairs, each in one mode, so that every client asks in both: for what is the same in every language. */
export const SETTINGS_IN_TURN: readonly Setting[] = PAIRS.map((pair, index) => ({
  ...pair,
  mode: MODES[(index + Math.floor(index / 2)) % MODES.length] ?? 'unary',
}))

/** The pairs in both modes. */
export const SETTINGS: readonly Setting[] = PAIRS.flatMap((pair) => MODES.map((mode) => ({ ...pair, mode })))

function pairOf(dialect: ClientDialect, spoken: ClientDialect): Pair {
  return { dialect, spoken, lane: dialect === spoken ? 'native' : 'translated' }
}
