/** The dialects that clients of the house speak in tests. */
export const CLIENT_DIALECTS = ['openai-chat', 'anthropic-messages'] as const
export type ClientDialect = (typeof CLIENT_DIALECTS)[number]

/** Both forms of an answer. */
export const MODES = ['unary', 'stream'] as const
export type Mode = (typeof MODES)[number]
