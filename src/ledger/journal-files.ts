import {
  ensureDir,
  listFiles,
  openAppendFile,
  readFileBytes,
  removeFile,
  type AppendFile,
} from '../kit/append-file.ts'
import type { Clock } from '../kit/clock.ts'

/** What the journal needs of a file system; `kit/append-file.ts` offers it, tests simulate it. Paths are `<directory>/<name>`. */
export interface JournalFiles {
  /** Opens or creates a file for appending. */
  open(path: string): AppendFile
  /** The whole file, or undefined when there is none. */
  read(path: string): Uint8Array | undefined
  /** Names in a directory, sorted. */
  list(directory: string): readonly string[]
  remove(path: string): void
  ensureDirectory(path: string): void
}

/** How long journalled bytes stay in the page cache, where the death of the machine would reach them. */
const SYNC_WITHIN_MS = 5

/** The files of this machine. */
export function createJournalFiles(clock: Clock): JournalFiles {
  return {
    open: (path) => openAppendFile(path, { clock, syncWithinMs: SYNC_WITHIN_MS }),
    read: readFileBytes,
    list: listFiles,
    remove: removeFile,
    ensureDirectory: (path) => void ensureDir(path),
  }
}
