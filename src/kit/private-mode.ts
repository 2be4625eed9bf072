import { chmodSync, closeSync, openSync, statSync } from 'node:fs'

/** Rights of the group and of others. */
const OF_OTHERS = 0o077
const OF_OWNER = 0o700

/**
 * Takes the rights of everybody else away from a file or directory. Gives false when they keep them, because it belongs to another
 * user; what is not there is private. Systems without such rights are taken as they are.
 */
export function makePrivate(path: string): boolean {
  if (process.platform === 'win32') return true
  try {
    const { mode } = statSync(path)
    if ((mode & OF_OTHERS) !== 0) chmodSync(path, mode & OF_OWNER)
    return true
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
  }
}

/**
 * Sees to it that a file is there and private before something opens it that would create it readable for everybody. What stands in the
 * way is left to whoever opens it, who can say what it is for.
 */
export function preparePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch {
    return
  }
  makePrivate(path)
}
