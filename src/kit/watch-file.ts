import { watchFile as watchStats, unwatchFile } from 'node:fs'

/** How often a watched file is looked at. */
const POLL_MS = 1_000

/**
 * Calls back when a file changes, appears or goes. Looks at it by name once a second, because the events of the system are
 * lost for files that editors replace and for mounted volumes. Does not keep the process alive.
 *
 * @returns ends the watch
 */
export function watchFile(path: string, onChange: () => void, pollMs: number = POLL_MS): () => void {
  const listener = (): void => onChange()
  watchStats(path, { interval: pollMs, persistent: false }, listener)
  return () => unwatchFile(path, listener)
}
