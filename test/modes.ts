/** The dialects that clients of the house speak in tests. */
export const CLIENT_DIALECTS = ['openai-chat', 'anthropic-messages'] as const
export type ClientDialect = (typeof CLIENT_DIALECTS)[number]

/** Dialects that most journeys do not speak yet: what else is known of them stands in `test/fidelity`. */
export const WITHOUT_JOURNEYS = ['openai-responses', 'gemini'] as const

/** All of them. */
export const ALL_DIALECTS = [...CLIENT_DIALECTS, ...WITHOUT_JOURNEYS] as const
export type AnyDialect = (typeof ALL_DIALECTS)[number]

/** Those in which the tables of `test/fidelity` are spoken by official SDKs; Google's has a file of its own there. */
export type SdkDialect = ClientDialect | 'openai-responses'

/** Both forms of an answer. */
export const MODES = ['unary', 'stream'] as const
export type Mode = (typeof MODES)[number]

/** What a client speaks, and what its provider does. */
interface Pair {
  readonly dialect: AnyDialect
  readonly spoken: AnyDialect
  readonly lane: 'native' | 'translated'
}

/** Every client with its own kind of provider and with the next one, so that each dialect is once translated from and once translated to. */
export const PAIRS: readonly Pair[] = ALL_DIALECTS.flatMap((dialect, index) => [
  pairOf(dialect, dialect),
  pairOf(dialect, ALL_DIALECTS[(index + 1) % ALL_DIALECTS.length] ?? dialect),
])

function pairOf(dialect: AnyDialect, spoken: AnyDialect): Pair {
  return { dialect, spoken, lane: dialect === spoken ? 'native' : 'translated' }
}
