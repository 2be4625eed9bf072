import {
  close,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Clock, Timer } from './clock.ts'
import { makePrivate } from './private-mode.ts'

/** A file operation failed; `code` is the system's word (ENOENT, ENOSPC, EIO, …). */
export class FileError extends Error {
  readonly operation: string
  readonly code: string

  constructor(operation: string, cause: unknown) {
    const code =
      cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'EUNKNOWN'
    super(`${operation} failed: ${code}`, { cause })
    this.name = 'FileError'
    this.operation = operation
    this.code = code
  }
}

/** A file that only grows. */
export interface AppendFile {
  readonly path: string
  /** Bytes in the file, those of a write that failed on its way included. */
  readonly size: number
  /**
   * Writes at once, into the page cache: survives the death of the process. Throws FileError; the file is then poisoned, and as many
   * of the bytes are in it as its size has grown by.
   *
   * @param length bytes to write from the beginning of `bytes`; all by default
   */
  append(bytes: Uint8Array, length?: number): void
  /** Resolves when everything appended so far is on disk. Rejects with FileError; the file is then poisoned. */
  synced(): Promise<void>
  /** Syncs and closes; appending afterwards throws. Closing again is harmless. Rejects with FileError when the sync failed. */
  close(): Promise<void>
  /**
   * What ended the file's life. After a failed write or sync nothing more is accepted: the kernel may have dropped the
   * pages, so a later sync that succeeds would prove nothing. What was not confirmed belongs into a new file.
   */
  readonly poisoned: FileError | undefined
}

export interface AppendFileOptions {
  readonly clock: Clock
  /** Longest time between an append and the start of its sync, apart from a sync that is already running. */
  readonly syncWithinMs: number
  /** Flushes the descriptor's data to disk; replaceable to rehearse failing disks. */
  readonly sync?: (descriptor: number, done: (error: Error | null) => void) => void
}

/**
 * Opens (or creates, mode 0600) a file for appending. A new file's directory entry is synced too, so that the file
 * itself survives a power cut. Throws FileError.
 */
export function openAppendFile(path: string, options: AppendFileOptions): AppendFile {
  const descriptor = attempt('open', () => openSync(path, 'a', 0o600))
  const size = attempt('stat', () => fstatSync(descriptor).size)
  if (size === 0) syncDirectory(dirname(path))
  return new GroupCommitFile({ path, descriptor, size }, options)
}

interface Waiter {
  /** Size of the file that must be on disk. */
  readonly target: number
  readonly resolve: () => void
  readonly reject: (error: FileError) => void
}

/**
 * Appends at once, syncs in groups: whatever was appended while one sync ran shares the next. A sync of 1 ms thus serves
 * hundreds of appends, and nobody waits longer than two of them.
 */
class GroupCommitFile implements AppendFile {
  readonly path: string
  readonly #descriptor: number
  readonly #clock: Clock
  readonly #syncWithinMs: number
  readonly #sync: (descriptor: number, done: (error: Error | null) => void) => void
  #size: number
  #syncedSize: number
  #waiters: Waiter[] = []
  #timer: Timer | undefined
  #syncing = false
  #poison: FileError | undefined
  #closing: Promise<void> | undefined

  constructor(file: { path: string; descriptor: number; size: number }, options: AppendFileOptions) {
    this.path = file.path
    this.#descriptor = file.descriptor
    this.#size = file.size
    this.#syncedSize = file.size
    this.#clock = options.clock
    this.#syncWithinMs = options.syncWithinMs
    this.#sync = options.sync ?? fdatasync
  }

  get size(): number {
    return this.#size
  }

  get poisoned(): FileError | undefined {
    return this.#poison
  }

  append(bytes: Uint8Array, length = bytes.length): void {
    if (this.#poison !== undefined) throw this.#poison
    if (this.#closing !== undefined)
      throw new FileError('append', Object.assign(new Error('closed'), { code: 'EBADF' }))
    const end = this.#size + length
    try {
      while (this.#size < end) {
        const left = end - this.#size
        this.#size += writeSync(this.#descriptor, bytes, length - left, left)
      }
    } catch (cause) {
      throw this.#fail(new FileError('write', cause))
    }
    if (this.#timer === undefined && !this.#syncing) this.#plan()
  }

  synced(): Promise<void> {
    if (this.#poison !== undefined) return Promise.reject(this.#poison)
    if (this.#syncedSize >= this.#size) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ target: this.#size, resolve, reject })
      this.#start()
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish()
    return this.#closing
  }

  async #finish(): Promise<void> {
    try {
      await this.synced()
    } finally {
      this.#timer?.cancel()
      await new Promise<void>((resolve) => close(this.#descriptor, () => resolve()))
    }
  }

  #plan(): void {
    this.#timer = this.#clock.after(this.#syncWithinMs, () => {
      this.#timer = undefined
      this.#start()
    })
  }

  /** Starts a sync unless one runs; the running one is followed by another if anything was appended meanwhile. */
  #start(): void {
    if (this.#syncing || this.#poison !== undefined) return
    this.#timer?.cancel()
    this.#timer = undefined
    this.#syncing = true
    const covered = this.#size
    this.#sync(this.#descriptor, (error) => {
      this.#syncing = false
      if (error === null) this.#confirm(covered)
      else this.#fail(new FileError('sync', error))
    })
  }

  #confirm(covered: number): void {
    this.#syncedSize = covered
    const waiting = this.#waiters
    this.#waiters = waiting.filter((waiter) => waiter.target > covered)
    for (const waiter of waiting) if (waiter.target <= covered) waiter.resolve()
    if (this.#waiters.length > 0) this.#start()
    else if (this.#size > covered && this.#timer === undefined) this.#plan()
  }

  #fail(error: FileError): FileError {
    this.#poison ??= error
    this.#timer?.cancel()
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#poison)
    return this.#poison
  }
}

/** The whole file, or undefined when there is none. Throws FileError. */
export function readFileBytes(path: string): Uint8Array | undefined {
  return unlessMissing('read', () => {
    const { buffer, byteOffset, byteLength } = readFileSync(path)
    return new Uint8Array(buffer, byteOffset, byteLength)
  })
}

/** Names of the files in a directory (not of directories in it), sorted; empty when there is no such directory. Throws FileError. */
export function listFiles(directory: string): string[] {
  const entries = unlessMissing('list', () => readdirSync(directory, { withFileTypes: true })) ?? []
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort()
}

/** Removes a file; harmless when there is none. Throws FileError. */
export function removeFile(path: string): void {
  attempt('remove', () => rmSync(path, { force: true }))
}

/**
 * Creates a directory and its parents, private to the user; one that is there becomes so. Gives false when it stays open to
 * others, because it belongs to another user. Throws FileError.
 */
export function ensureDir(path: string): boolean {
  attempt('create directory', () => mkdirSync(path, { recursive: true, mode: 0o700 }))
  return makePrivate(path)
}

function syncDirectory(path: string): void {
  attempt('sync directory', () => {
    const descriptor = openSync(path, constants.O_RDONLY)
    try {
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  })
}

function attempt<T>(operation: string, action: () => T): T {
  try {
    return action()
  } catch (cause) {
    throw new FileError(operation, cause)
  }
}

function unlessMissing<T>(operation: string, action: () => T): T | undefined {
  try {
    return attempt(operation, action)
  } catch (error) {
    if (error instanceof FileError && error.code === 'ENOENT') return undefined
    throw error
  }
}
