import { statfs } from 'node:fs/promises'

/** Room of a file system. */
export interface DiskRoom {
  /** What this user may still write. */
  readonly freeBytes: number
  readonly totalBytes: number
}

/** Asks for the room of the file system that a path is on; undefined when it does not say. */
export async function readDiskRoom(path: string): Promise<DiskRoom | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(path)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch {
    return undefined
  }
}
