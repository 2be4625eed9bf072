import { chmodSync, writeFileSync } from 'node:fs'
import { readTextFile } from './read-text.ts'

/** A file that holds a secret. */
export interface PrivateFile {
  /** The text, or undefined when there is none that can be read. */
  readonly readFile: () => string | undefined
  /** Writes it so that only its owner can read it, whatever its mode was before. */
  readonly writeFile: (text: string) => void
}

/** The file at a path, as a place for a secret. */
export function privateFile(path: string): PrivateFile {
  return {
    readFile: () => readTextFile(path),
    writeFile(text) {
      writeFileSync(path, text, { mode: 0o600 })
      chmodSync(path, 0o600)
    },
  }
}
