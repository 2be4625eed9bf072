import { FileError, type AppendFile } from '../kit/append-file.ts'
import { concatBytes } from '../kit/sse.ts'
import type { JournalFiles } from './journal-files.ts'

/** A disk in memory that fails when told to; for rehearsing crashes at every byte. */
export interface SimulatedDisk extends JournalFiles {
  readonly contents: Map<string, Uint8Array>
  /** Files that were opened and not closed, removed ones included. */
  readonly opened: Set<string>
  /** How often something was written. */
  writes: number
  /** Bytes that were ever written. */
  writtenBytes: number
  /** Bytes that still fit; what exceeds them is cut off and fails. */
  freeBytes: number
  /** True: syncs fail, and poison their file. A path: those of one file. */
  failSyncs: boolean | string
  /** The disk as another process finds it, with one file cut to `length` bytes if named. */
  snapshot(cut?: { readonly path: string; readonly length: number }): SimulatedDisk
}

/** Creates an empty disk, or one with the given files. */
export function createSimulatedDisk(files: Iterable<readonly [string, Uint8Array]> = []): SimulatedDisk {
  const contents = new Map(files)
  const disk: SimulatedDisk = {
    contents,
    opened: new Set(),
    writes: 0,
    writtenBytes: 0,
    freeBytes: Number.POSITIVE_INFINITY,
    failSyncs: false,
    open: (path) => new SimulatedFile(path, disk),
    read: (path) => contents.get(path),
    list: (directory) =>
      [...contents.keys()]
        .filter((path) => path.startsWith(`${directory}/`))
        .map((path) => path.slice(directory.length + 1))
        .sort(),
    remove: (path) => void contents.delete(path),
    ensureDirectory: () => undefined,
    snapshot: (cut) =>
      createSimulatedDisk(
        [...contents].map(([path, bytes]) => [
          path,
          path === cut?.path ? bytes.slice(0, cut.length) : bytes.slice(),
        ]),
      ),
  }
  return disk
}

class SimulatedFile implements AppendFile {
  readonly path: string
  readonly #disk: SimulatedDisk
  #poison: FileError | undefined

  constructor(path: string, disk: SimulatedDisk) {
    this.path = path
    this.#disk = disk
    disk.opened.add(path)
    if (!disk.contents.has(path)) disk.contents.set(path, new Uint8Array(0))
  }

  get size(): number {
    return this.#disk.contents.get(this.path)?.length ?? 0
  }

  get poisoned(): FileError | undefined {
    return this.#poison
  }

  append(bytes: Uint8Array, length = bytes.length): void {
    if (this.#poison !== undefined) throw this.#poison
    const fitting = bytes.subarray(0, Math.min(length, this.#disk.freeBytes))
    this.#disk.contents.set(
      this.path,
      concatBytes(this.#disk.contents.get(this.path) ?? new Uint8Array(0), fitting),
    )
    this.#disk.writes += 1
    this.#disk.freeBytes -= fitting.length
    this.#disk.writtenBytes += fitting.length
    if (fitting.length < length) throw this.#fail('write', 'ENOSPC')
  }

  synced(): Promise<void> {
    if (this.#poison !== undefined) return Promise.reject(this.#poison)
    const { failSyncs } = this.#disk
    return failSyncs === true || failSyncs === this.path
      ? Promise.reject(this.#fail('sync', 'EIO'))
      : Promise.resolve()
  }

  close(): Promise<void> {
    this.#disk.opened.delete(this.path)
    return this.synced()
  }

  #fail(operation: string, code: string): FileError {
    this.#poison = new FileError(operation, Object.assign(new Error(code), { code }))
    return this.#poison
  }
}
