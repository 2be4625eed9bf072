/** The dialects that clients of the house speak in tests. */
export const CLIENT_DIALECTS = ['openai-chat', 'anthropic-messages'] as const
export type ClientDialect = (typeof CLIENT_DIALECTS)[number]

/** Dialects that the journeys do not speak yet: what is known of them stands in `test/fidelity`. */
export const WITHOUT_JOURNEYS = ['openai-responses'] as const

/** Those of the official SDKs. */
export type SdkDialect = ClientDialect | (typeof WITHOUT_JOURNEYS)[number]

/** Both forms of an answer. */
export const MODES = ['unary', 'stream'] as const
export type Mode = (typeof MODES)[number]
