import { Database } from 'bun:sqlite'
import { preparePrivateFile } from './private-mode.ts'

/** A lock that one process at a time can hold. */
export interface ProcessLock {
  release(): void
}

/**
 * Takes the lock at `path`, or gives undefined while another process holds it. It is an exclusive transaction on a
 * database file, which is the one lock of the platform that the kernel takes back when a process dies, however it dies. Nobody else
 * can read the file, because whoever reads it could keep it locked.
 */
export function acquireProcessLock(path: string): ProcessLock | undefined {
  preparePrivateFile(path)
  const database = new Database(path, { create: true })
  try {
    database.run('PRAGMA busy_timeout = 0')
    database.run('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined
    throw error
  }
  return {
    release() {
      database.run('ROLLBACK')
      database.close()
    },
  }
}
