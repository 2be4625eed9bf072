import { totalmem } from 'node:os'

/** The memory that the process may take, bytes: that of the machine, or what its container leaves of it. */
export function memoryBytes(): number {
  const allowed = process.constrainedMemory()
  // Without a constraint the platform answers 0, or more than there is.
  return allowed > 0 ? Math.min(allowed, totalmem()) : totalmem()
}

/** The memory that the process takes at present, bytes. */
export function residentBytes(): number {
  return process.memoryUsage.rss()
}
