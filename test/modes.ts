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
