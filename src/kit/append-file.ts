import type { Clock } from './clock.ts'

/** A file operation failed; `code` is the system's word (ENOENT, ENOSPC, EIO, …). */
export class FileError extends Error {
  readonly code: string
  readonly operation: string

  constructor(operation: string, code: string, cause?: unknown) {
    super(`${operation} failed: ${code}`, cause === undefined ? {} : { cause })
    this.name = 'FileError'
    this.operation = operation
    this.code = code
  }
}

/** A file that only grows. */
export interface AppendFile {
  readonly path: string
  /** Bytes in the file. */
  readonly size: number
  /** Writes at once, into the page cache: survives the death of the process. Throws FileError; the file is then poisoned. */
  append(bytes: Uint8Array): void
  /** Resolves when everything appended so far is on disk. Rejects with FileError; the file is then poisoned. */
  synced(): Promise<void>
  /** Syncs and closes. Appending afterwards throws. */
  close(): Promise<void>
  /** The failure that ended the file's life: after a failed write or sync nothing more is accepted, because what is on disk is unknown. */
  readonly poisoned: FileError | undefined
}

export interface AppendFileOptions {
  readonly clock: Clock
  /** Longest time that appended bytes stay unsynced. */
  readonly syncWithinMs: number
}

/** Opens (or creates, mode 0600) a file for appending. Throws FileError. */
export function openAppendFile(_path: string, _options: AppendFileOptions): AppendFile {
  throw new Error('not built yet')
}

/** The whole file, or undefined when there is none. Throws FileError. */
export function readFileBytes(_path: string): Uint8Array | undefined {
  throw new Error('not built yet')
}

/** Names of the files in a directory, sorted; empty when there is no such directory. Throws FileError. */
export function listFiles(_directory: string): string[] {
  throw new Error('not built yet')
}

/** Removes a file; harmless when there is none. Throws FileError. */
export function removeFile(_path: string): void {
  throw new Error('not built yet')
}

/** Creates a directory and its parents, private to the user (mode 0700). Throws FileError. */
export function ensureDir(_path: string, _mode = 0o700): void {
  throw new Error('not built yet')
}
