import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * The text of a file, or undefined when it cannot be read for whatever reason: a file that is missing, a directory in its
 * place and one without permission are the same to whoever wants its text, also in the middle of a reload.
 */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** The bytes of a file, likewise. */
export function readBytes(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Reads files whose paths are relative to the configuration file; devices and pipes, which may never end, are none. */
export function readerBeside(configFile: string): (path: string) => string | undefined {
  return (path) => {
    const file = resolve(dirname(configFile), path)
    return isFile(file) ? readTextFile(file) : undefined
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
