import { stat } from 'node:fs/promises'

/** True when there is nothing at a path; false also where that cannot be known. */
export async function isGone(path: string): Promise<boolean> {
  try {
    await stat(path)
    return false
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
  }
}
