const WAIT = /(?:try again|retry) (?:in|after) (?:(\d{1,4})m(?!s))?(?:(\d{1,6}(?:\.\d{1,9})?) ?(ms|s))?/i
/** Longer messages are prompts quoted back. */
const READ_CHARACTERS = 4_000

/** "Please try again in 1.2s", "retry after 20 seconds", "in 6m0s": the wait in milliseconds, when a message names one. */
export function waitInMessage(message: string): number | undefined {
  const match = WAIT.exec(message.slice(0, READ_CHARACTERS))
  if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined
  const minutes = Number(match[1] ?? 0)
  const rest = Number(match[2] ?? 0) * (match[3]?.toLowerCase() === 'ms' ? 1 : 1_000)
  return Math.ceil(minutes * 60_000 + rest)
}
