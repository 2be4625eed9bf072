import { writeFileSync } from 'node:fs'
import { makePrivate } from '../kit/private-mode.ts'
import { readTextFile } from './read-text.ts'

/** A file that holds a secret. */
export interface PrivateFile {
  /** The text, or undefined when there is none that can be read. Others cannot read it from now on. */
  readonly readFile: () => string | undefined
  /** Writes it so that only its owner can read it, whatever its mode was before. */
  readonly writeFile: (text: string) => void
}

/** The file at a path, as a place for a secret. */
export function privateFile(path: string): PrivateFile {
  return {
    readFile() {
      makePrivate(path)
      return readTextFile(path)
    },
    writeFile(text) {
      writeFileSync(path, text, { mode: 0o600 })
      makePrivate(path)
    },
  }
}
